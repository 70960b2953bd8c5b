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

# The same by its sister in C, as a list has it: distances in 万公里, a header in two lines, remarks with line breaks.
use Text::CSV_XS;
my $xs = Text::CSV_XS->new({ binary => 1, eol => "\r\n", sep_char => "\t" });
open my $list, '>:encoding(GBK)', "$out/perl-text-csv-xs.tsv" or die $!;
$xs->print($list, ['车架号', '车牌号', '发动机号', '初登日期', "里程\n(万公里)", '车身颜色', '备注']);
for my $row (@rows[1 .. $#rows]) {
    my @f = @$row;
    $f[3] =~ s/^(\d+)-0?(\d+).*/$1年$2月/;
    $f[4] /= 10000 if $f[4] ne '';
    $xs->print($list, [@f, "一,\n\"二\""]);
}
close $list;

# DBI's driver for CSV
use DBI;
unlink "$out/perl-dbd-csv.csv";
my $db = DBI->connect('dbi:CSV:', undef, undef, { f_dir => $out, f_ext => '.csv', f_encoding => 'utf8', csv_sep_char => ';', csv_eol => "\n", RaiseError => 1 });
$db->do('CREATE TABLE "perl-dbd-csv" (vin CHAR(17), plate CHAR(9), engine_no CHAR(20), first_registered CHAR(10), mileage_km INTEGER, color INTEGER)');
$db->do('INSERT INTO "perl-dbd-csv" VALUES (?, ?, ?, ?, ?, ?)', undef, map { $_ eq '' ? undef : $_ } @$_) for @rows[1 .. $#rows];
