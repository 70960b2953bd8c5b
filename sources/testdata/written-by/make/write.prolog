% CSV by SWI-Prolog, with the numbers and the texts that it reads them as.
:- use_module(library(csv)).
main :- getenv('TRUTH', Truth), getenv('OUT', Out), atom_concat(Out, '/swi-prolog.csv', File),
    csv_read_file(Truth, Rows, [convert(false)]), csv_write_file(File, Rows, [encoding(utf8)]).
