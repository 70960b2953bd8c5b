<?php // CSV by PHP.
$out = getenv('OUT');
$to = fopen("$out/php-fputcsv.csv", 'w');
fwrite($to, "\xEF\xBB\xBF");
foreach (array_map('str_getcsv', file(getenv('TRUTH'), FILE_IGNORE_NEW_LINES)) as $row) fputcsv($to, $row, ',', '"', '\\', "\r\n");
