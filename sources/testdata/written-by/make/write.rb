# CSV by Ruby.
require 'csv'
out, rows = ENV.fetch('OUT'), CSV.read(ENV.fetch('TRUTH'))
CSV.open("#{out}/ruby-csv.csv", 'w', force_quotes: true, row_sep: "\r\n") { |to| rows.each { |r| to << r } }
CSV.open("#{out}/ruby-csv-gbk.tsv", 'wb:GBK', col_sep: "\t") { |to| rows.each { |r| to << r } }
