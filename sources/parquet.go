package sources

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/ahead"
	"vehiclebatch/sources/columnar"
)

// Parquet reads vehicles from a Parquet file: the columns that are used, a
// batch of rows at a time.
type Parquet struct {
	grid
	batches *ahead.Pieces[columnar.Batch]
	batch   *columnar.Batch   // under work
	at      int               // of its rows, the next
	columns []columnar.Column // those that are used, as in a batch
	all     int64             // rows that the footer says
	words   *lead             // the columns that are read, as in a batch, to know the rows that name no vehicle
}

// OpenParquet reads the footer and finds the columns. Errors are *InputError;
// name stands in messages.
func OpenParquet(r io.ReaderAt, size int64, name string) (_ *Parquet, err error) {
	p := &Parquet{grid: grid{name: name}}
	defer p.explain(&err)
	file, err := columnar.Open(r, size)
	if err != nil {
		return nil, err
	}
	leaves, err := p.choose(file)
	if err != nil {
		return nil, err
	}
	rows, err := file.Read(leaves, maxValue)
	if err != nil {
		return nil, err
	}
	if file.Rows == 0 {
		return nil, &InputError{Name: name, Problem: "the file has columns but no rows", Hint: "add a row for each vehicle"}
	}
	p.all = file.Rows
	p.batches, p.batch = ahead.New(piecesAhead, rows.Next), &columnar.Batch{}
	return p, nil
}

// choose finds the columns that are used. It returns their places in the file in
// the order in which the batches have them, and makes used point into the batches.
func (p *Parquet) choose(file *columnar.File) ([]int, error) {
	var headers []string
	for i := range file.Columns {
		headers = append(headers, file.Columns[i].Name)
	}
	h, bad := readHeader(headers)
	if bad != nil {
		if inside := fieldsOf(file, nil); len(inside) > 0 {
			bad.Hint = inside[0]
		}
		return nil, p.named(bad)
	}
	p.setHeader(h)
	p.info.Notes = append(p.info.Notes, fieldsOf(file, h)...)
	p.info.Kind = KindParquet
	if bad := p.look(file, h); bad != nil {
		return nil, p.named(bad)
	}
	var places []int
	batch := map[int]int{}
	p.keepStates(file)
	for i, c := range file.Columns {
		if !slices.ContainsFunc(p.used, func(u usedColumn) bool { return u.index == i }) {
			continue
		}
		if problem, hint := unfit(c); problem != "" {
			return nil, &InputError{Name: p.name, Problem: fmt.Sprintf("the column %s %s", quote(c.Name), problem), Hint: hint}
		}
		if c.Physical == columnar.Int96 {
			p.info.Notes = append(p.info.Notes, fmt.Sprintf("the column %s holds moments in the old form INT96; they are taken for UTC and read as days in China", quote(c.Name)))
		}
		batch[i] = len(places)
		places = append(places, i)
		p.columns = append(p.columns, c)
	}
	for i := range p.used {
		used := &p.used[i]
		used.index = batch[used.index]
		if used.column == record.ColFirstRegistered {
			used.read = remembered(used.read)
		}
	}
	p.knowWords(h.unit)
	return places, nil
}

// fieldsOf says of structures what stands in them under names that are known, and is not read: what the header of the file, which may be nil, does not have.
func fieldsOf(file *columnar.File, h *header) (out []string) {
	for _, c := range file.Columns {
		if c.Meaning != columnar.Struct {
			continue
		}
		fields := slices.DeleteFunc(slices.Clone(c.Fields), func(name string) bool {
			column := canonical(name)
			return column == "" || h != nil && h.has(column)
		})
		if len(fields) > 0 {
			out = append(out, fmt.Sprintf("the column %s is a structure, and what stands in it is not read: %s; write its fields as columns of the table", quote(c.Name), listHeaders(fields)))
		}
	}
	return out
}

// knowWords remembers the columns that are read, as they stand in a batch, to know the rows that name no vehicle.
func (p *Parquet) knowWords(unit measure) {
	p.skipped.word = "row"
	p.words = &lead{header: &header{index: map[string]int{}, unit: unit}}
	for _, c := range p.columns {
		p.words.names = append(p.words.names, c.Name)
	}
	for _, used := range p.used {
		if used.column != colState {
			p.words.index[used.column] = used.index
		}
	}
}

// unfit says why no value of a column can be used, and what to do; "" when values
// can.
func unfit(c columnar.Column) (problem, hint string) {
	hint = "write it as text, or leave the column out"
	switch c.Meaning {
	case columnar.List:
		return "is a list, not a value", hint
	case columnar.Map:
		return "is a map, not a value", hint
	case columnar.Struct:
		return "is a structure of columns, not a value", hint
	case columnar.TimeOfDay:
		return "holds times of day", hint
	case columnar.Other:
		return "holds values of the kind " + c.Word, hint
	}
	return "", ""
}

// explain turns an error of reading, or a panic on what is damaged, into an
// *InputError.
func (p *Parquet) explain(err *error) {
	if cause := recover(); cause != nil {
		*err = fmt.Errorf("%v", cause)
	}
	var known *InputError
	var wrong *columnar.Error
	switch {
	case errors.As(*err, &wrong):
		*err = &InputError{Name: p.name, Problem: wrong.Problem, Hint: wrong.Hint, Err: wrong.Err}
		return
	case *err == nil || *err == io.EOF || errors.As(*err, &known): //nolint:errorlint // a wrapped one is damage
		return
	}
	*err = &InputError{Name: p.name, Problem: "the Parquet file cannot be read", Hint: "is it whole?", Err: *err}
}

// Next returns the next vehicle. Rows that name no vehicle are skipped, and Info says so.
func (p *Parquet) Next() (record.Vehicle, error) {
	for {
		for p.err == nil && p.at >= p.batch.Rows {
			p.err = p.load()
		}
		if p.err != nil {
			return record.Vehicle{}, p.err
		}
		v := p.read(p.row+p.skipped.count+1, p.takePlain, p.take)
		skipped := !isVehicle(v) && p.skip(v.Line)
		p.at++
		if skipped {
			continue
		}
		p.count(v)
		if len(v.Faults) > 0 {
			p.fail(p.distances.cameTooLate(v.Line))
		}
		if p.err != nil {
			return record.Vehicle{}, p.err
		}
		return *v, nil
	}
}

// skip tells whether the row under work is no vehicle, and remembers it: tables are written to Parquet with the sums and notes
// that stood under them.
func (p *Parquet) skip(line int64) bool {
	if p.grid.line != nil {
		return false
	}
	texts := make([]string, len(p.columns))
	for i := range p.columns {
		texts[i] = parquetValue(&p.batch.Columns[i], p.at, &p.columns[i], "").text
	}
	why := p.words.whySkipped(texts, false)
	if why == "" && p.words.isCount(texts, p.row) {
		why = "a sum"
	}
	if why == "" {
		return false
	}
	p.skipped.add(line, why, texts)
	p.apart.under(why, texts)
	p.unknown.undo()
	return true
}

// Close ends the reading; nothing reads the file when it returns.
func (p *Parquet) Close() { p.batches.Close() }

// takePlain takes the value of a column if it is a plain one: a text that is what it seems, or a distance.
func (p *Parquet) takePlain(c *usedColumn) bool {
	rows, column := &p.batch.Columns[c.index], &p.columns[c.index]
	switch {
	case rows.Null(p.at):
		return false
	case column.Physical == columnar.Bytes && column.Meaning == columnar.Text:
		return rows.Long(p.at) == 0 && c.takesPlain(&p.next, rows.Text(p.at))
	case column.Physical == columnar.Int64 || column.Physical == columnar.Int32:
		return c.column == record.ColMileageKM && (column.Meaning == columnar.Plain || column.Meaning == columnar.Number) &&
			p.distances.takePlainNumber(&p.next, rows.Number(p.at))
	}
	return false
}

func (p *Parquet) take(c *usedColumn, to *value) {
	*to = parquetValue(&p.batch.Columns[c.index], p.at, &p.columns[c.index], c.column)
}

func (p *Parquet) load() (err error) {
	defer p.explain(&err)
	p.at = 0
	next, err := p.batches.Next()
	rows := p.row + p.skipped.count
	if err == io.EOF && rows != p.all { //nolint:errorlint // the end is said as it is
		return &InputError{Name: p.name, Problem: fmt.Sprintf("the Parquet file ends after %d of its %d rows", rows, p.all), Hint: "is it whole?"}
	}
	if err == io.EOF && p.row == 0 { //nolint:errorlint // the same
		return p.noVehicles(0, "the file")
	}
	if err == nil {
		p.batch = next
	}
	return err
}

// remembered reads the month of a text that came before, and was read without a
// word, from memory: a fleet has few days, and reading one takes longer than all
// else in its row.
func remembered(read reader) reader {
	const most = 1 << 14
	seen := map[string]string{}
	return func(v *record.Vehicle, s string) {
		if month, ok := seen[s]; ok {
			v.FirstRegistered = month
			return
		}
		said := len(v.Faults) + len(v.Problems)
		read(v, s)
		if len(v.Faults)+len(v.Problems) == said && len(seen) < most && len(s) <= len(time.RFC3339Nano) {
			seen[s] = v.FirstRegistered
		}
	}
}
