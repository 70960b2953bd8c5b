% A workbook and CSV by Octave and its package io.
pkg load io
lines = strsplit(strtrim(fileread(getenv('TRUTH'))), "\n");
cells = {};
for i = 1:numel(lines)
  fields = strsplit(lines{i}, ',', 'CollapseDelimiters', false);
  for j = 1:6
    if i > 1 && j > 4 && ! isempty(fields{j})
      fields{j} = str2double(fields{j});
    end
  end
  cells(i, :) = fields;
end
cell2csv([getenv('OUT') '/octave.csv'], cells, ';');
xlswrite([getenv('OUT') '/octave.xlsx'], cells, 'Sheet1');
