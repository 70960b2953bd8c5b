# Workbooks and CSV by the writers that Debian's Perl has.
use strict; use warnings; use utf8;
use Encode; use Excel::Writer::XLSX; use Text::CSV;

my $out = $ENV{OUT};
open my $in, '<:encoding(UTF-8)', $ENV{TRUTH} or die $!;
my $reader = Text::CSV->new({ binary => 1 });
my @rows; while (my $row = $reader->getline($in)) { push @rows, $row }

my $book = Excel::Writer::XLSX->new("$out/perl-excel-writer-xlsx.xlsx");
my $sheet = $book->add_worksheet('Fleet');
my $day = $book->add_format(num_format => 'yyyy/m/d');
my $zeros = $book->add_format(num_format => '@');
for my $i (0 .. $#rows) {
    for my $j (0 .. $#{ $rows[$i] }) {
        my $s = $rows[$i][$j];
        next if $s eq '';
        if    ($i > 0 && $j == 3) { $sheet->write_date_time($i, $j, $s . 'T', $day) }
        elsif ($i > 0 && $j > 3)  { $sheet->write_number($i, $j, $s) }
        else                      { $sheet->write_string($i, $j, $s, $zeros) }
    }
}
$book->close;

my $csv = Text::CSV->new({ binary => 1, eol => "\r\n", always_quote => 1 });
open my $to, '>:encoding(gbk)', "$out/perl-text-csv.csv" or die $!;
$csv->print($to, $_) for @rows;
close $to;
