// Package export turns what the ledger knows of a run into the rows of the
// output tables: it decodes every stored answer again, in input order, and
// hands the rows to a sink. It calls nobody and changes nothing.
package export

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/sinks"
	"vehiclebatch/vendors"
)

// chunkRows is how many input rows are decoded at a time, in parallel. Up to three times as many are held at once.
const chunkRows = 64

// Readers decode stored answers, by vendor.
type Readers map[string]vendors.Reader

// Write feeds the rows of a run to a sink, in input order. Next steps are written in the language of said. The next
// rows are read and decoded while the sink writes.
func Write(ctx context.Context, l Store, run ledger.Run, readers Readers, said *messages.Printer, sink sinks.Sink) error {
	span, err := l.Before(ctx, run)
	if err != nil {
		return fmt.Errorf("read the run back: %w", err)
	}
	e := exporter{ledger: l, readers: readers, said: said, sink: sink, span: span}
	return e.each(ctx, run, e.write)
}

// WriteRows is Write for some rows of a run, given by their numbers: those of one vehicle, for example.
func WriteRows(ctx context.Context, l Store, run ledger.Run, numbers []int64, readers Readers, said *messages.Printer, sink sinks.Sink) error {
	span, err := l.Before(ctx, run)
	if err != nil {
		return fmt.Errorf("read the run back: %w", err)
	}
	e := exporter{ledger: l, readers: readers, said: said, sink: sink, span: span, purged: !run.PurgedAt.IsZero()}
	err = l.RowsAt(ctx, run, span, numbers, func(row *ledger.Row) error {
		d := e.decode(row)
		if d.err != nil {
			return d.err
		}
		return e.write(&d)
	})
	if err != nil {
		return fmt.Errorf("read the run back: %w", err)
	}
	return nil
}

// each calls do with the rows of a run, decoded, in input order.
func (e *exporter) each(ctx context.Context, run ledger.Run, do func(*decoded) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	chunks := make(chan []decoded, 1)
	read := make(chan error, 1)
	go func() {
		defer close(chunks)
		read <- e.read(ctx, run, chunks)
	}()
	for chunk := range chunks {
		if err := doAll(chunk, do); err != nil {
			cancel()
			return errors.Join(err, ignoreCanceled(<-read))
		}
	}
	if err := <-read; err != nil {
		return fmt.Errorf("read the run back: %w", err)
	}
	return nil
}

type exporter struct {
	ledger  Store
	readers Readers
	said    *messages.Printer // words the next steps
	sink    sinks.Sink
	span    ledger.Span // the runs whose answers these are compared with
	purged  bool        // the run was purged: what failed in it is not tried again

	bodies sync.Pool // of *[]byte: memory of decoded answers, to be used again
}

// keptBody is the largest answer, in bytes, whose memory is used again.
const keptBody = 256 << 10

// decoded is a row with its answers as records, in the order of its lookups.
type decoded struct {
	row     *ledger.Row
	answers []record.Answer
	history vehicleHistory
	changes []sinks.ChangeRow
	err     error
}

// ignoreCanceled drops the error of a reader that was told to stop.
func ignoreCanceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// read sends the rows of the run, decoded, in input order.
func (e *exporter) read(ctx context.Context, run ledger.Run, to chan<- []decoded) error {
	rows := make([]*ledger.Row, 0, chunkRows)
	send := func() error {
		select {
		case to <- e.decodeAll(rows):
			rows = rows[:0]
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := e.ledger.RowsSince(ctx, run, e.span, func(r *ledger.Row) error {
		if rows = append(rows, r); len(rows) < chunkRows {
			return nil
		}
		return send()
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return send()
}

// decodeAll decodes the rows on all processors.
func (e *exporter) decodeAll(rows []*ledger.Row) []decoded {
	out := make([]decoded, len(rows))
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for n := range workers {
		wg.Go(func() {
			for i := n; i < len(rows); i += workers {
				out[i] = e.decode(rows[i])
			}
		})
	}
	wg.Wait()
	return out
}

// doAll calls do with decoded rows, in order.
func doAll(rows []decoded, do func(*decoded) error) error {
	for i := range rows {
		if rows[i].err != nil {
			return rows[i].err
		}
		if err := do(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) decode(row *ledger.Row) decoded {
	d := decoded{row: row, answers: make([]record.Answer, len(row.Lookups))}
	if row.Duplicate != 0 {
		return d
	}
	for i := range row.Lookups {
		a := &row.Lookups[i]
		if d.err = e.decodeLookup(row, a, &d.answers[i]); d.err != nil {
			return d
		}
	}
	d.history = historyOf(&d)
	for i := range row.Lookups {
		if err := e.changed(&d, i); err != nil {
			d.err = fmt.Errorf("compare row %d: %w", row.Vehicle.Row, err)
			return d
		}
	}
	return d
}

// decodeLookup decodes the answer of a lookup that was found. If it cannot be decoded, only its lookup fails, so that
// all other answers are still written.
func (e *exporter) decodeLookup(row *ledger.Row, a *ledger.Asked, into *record.Answer) error {
	k := &a.Lookup
	if k.State != ledger.Found || e.purged && a.Packed.ID == 0 {
		return nil
	}
	answer, err := e.decodeOne(a.Packed, k.Dataset, row.VehicleOf(a))
	switch {
	case isNotStored(err):
		return fmt.Errorf("read the %s answer for row %d again: %w", k.Dataset, row.Vehicle.Row, err)
	case err != nil:
		k.State, k.Stage, k.Class, k.Message = ledger.Failed, record.StageNormalise, record.BadResponse, err.Error()
		a.Earlier = nil
	default:
		*into = answer
	}
	return nil
}

// errNotStored means that the ledger does not return the answer.
var errNotStored = errors.New("the stored answer cannot be had")

func isNotStored(err error) bool { return errors.Is(err, errNotStored) }

// decodeOne decodes a stored answer about a vehicle.
func (e *exporter) decodeOne(p ledger.PackedAnswer, d record.Dataset, car *record.Vehicle) (record.Answer, error) {
	reader, ok := e.readers[p.Vendor]
	if !ok {
		return record.Answer{}, fmt.Errorf("%w: no adapter reads answers of %q", errNotStored, p.Vendor)
	}
	kept, _ := e.bodies.Get().(*[]byte)
	if kept == nil {
		kept = new([]byte)
	}
	raw, err := e.ledger.UnpackInto(p, *kept)
	if err != nil {
		return record.Answer{}, fmt.Errorf("%w: %w", errNotStored, err)
	}
	answer, err := reader.Decode(d, car, raw.Body)
	if *kept = raw.Body; cap(*kept) <= keptBody {
		e.bodies.Put(kept)
	}
	return answer, err
}

func (e *exporter) write(d *decoded) error {
	if err := e.sink.Vehicle(vehicleRow(d)); err != nil {
		return err
	}
	for i := range d.row.Lookups {
		if err := e.writeLookup(d, i); err != nil {
			return err
		}
	}
	for i := range d.changes {
		if err := e.sink.Change(d.changes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) writeLookup(d *decoded, lookup int) error {
	a := &d.row.Lookups[lookup]
	switch state := a.Lookup.State; {
	case state == ledger.Found && d.row.Duplicate == 0 && writes(d.row, a):
		return e.writeAnswer(d, lookup)
	case (state == ledger.Failed || state == ledger.InDoubt) && a.Owner(d.row):
		return e.sink.Failure(e.failure(d.row, a))
	}
	return nil
}

func (e *exporter) failure(row *ledger.Row, a *ledger.Asked) sinks.FailureRow {
	r := failureRow(row, a, e.said)
	if e.purged {
		r.Retryable, r.NextStep = false, stepOfPurged(row, a, e.said)
	}
	return r
}

func (e *exporter) writeAnswer(d *decoded, lookup int) error {
	row, a, answer := d.row, &d.row.Lookups[lookup], &d.answers[lookup]
	at := a.Lookup.AnsweredAt
	vendor := a.Packed.Vendor
	switch {
	case answer.Report != nil:
		return e.sink.Report(d.history.reportRow(row, lookup, *answer.Report, allProblems(answer)))
	case answer.Valuation != nil:
		return e.sink.Valuation(sinks.ValuationRow{VehicleID: row.VehicleID, VIN: row.Vehicle.VIN, Vendor: vendor,
			Asked: *row.VehicleOf(a), Valuation: *answer.Valuation, FetchedAt: at})
	}
	for _, v := range answer.Violations {
		if err := e.sink.Violation(sinks.ViolationRow{VehicleID: row.VehicleID, VIN: row.Vehicle.VIN, Plate: row.Vehicle.Plate,
			Vendor: vendor, Violation: v, FetchedAt: at}); err != nil {
			return err
		}
	}
	return nil
}

func allProblems(a *record.Answer) []string {
	return append(append([]string{}, a.Report.Problems...), a.Problems...)
}
