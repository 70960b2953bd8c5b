package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

//go:embed export.mjs
var exportScript []byte

// exported is what DuckDB says of its statements.
type exported struct {
	Seconds float64 `json:"seconds"`
	CPU     float64 `json:"cpu"`
	Reports int64   `json:"reports"`
	Records int64   `json:"records"`
}

// export compares `batch export` into Parquet with DuckDB, which turns the same
// raw reports into a table of reports and one of visits.
func export(ctx context.Context, b *bench) error {
	if err := b.installDuck(ctx); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.path("duck"), "export.mjs"), exportScript, 0o600); err != nil {
		return fmt.Errorf("write DuckDB's script: %w", err)
	}
	raw, places, err := b.exportPlaces(ctx)
	for _, w := range places {
		defer w.close()
	}
	if err != nil {
		return err
	}
	f := &exportFigures{ours: make([]taken, len(places))}
	for i := range b.runs {
		for k, w := range places {
			if f.reports, f.records, err = w.export(ctx, &f.ours[k]); err != nil {
				return err
			}
		}
		if err := f.addDuck(ctx, b, raw); err != nil {
			return err
		}
		b.say("export %d/%d: %.2f s, DuckDB %.2f s, its statements %.2f s", i+1, b.runs, f.ours[0].seconds[i], f.duck.seconds[i], f.statements.seconds[i])
	}
	f.print(b)
	return nil
}

// exportFigures are what the builds took, DuckDB's process, and its statements alone.
type exportFigures struct {
	ours                          []taken
	duck, statements              taken
	reports, records, duckRecords int64 // rows
}

// addDuck lets DuckDB turn the raw reports, and holds the number of reports against ours.
func (f *exportFigures) addDuck(ctx context.Context, b *bench, raw string) error {
	e, err := runProcess(ctx, start{program: "node", dir: b.path("duck"), args: []string{"export.mjs", raw, b.dir}})
	if err != nil {
		return err
	}
	var said exported
	if err := json.Unmarshal(e.out, &said); err != nil {
		return fmt.Errorf("read what DuckDB printed: %w", err)
	}
	if f.duckRecords = said.Records; said.Reports != f.reports {
		return fmt.Errorf("DuckDB has %d reports, and we %d", said.Reports, f.reports)
	}
	f.duck.add(e)
	f.statements.seconds, f.statements.cpu = append(f.statements.seconds, said.Seconds), append(f.statements.cpu, said.CPU)
	return nil
}

func (f *exportFigures) print(b *bench) {
	fmt.Fprintf(b.out, "\n### Export: %d answers, %d reports; visits: ours %d, DuckDB's %d; %d runs of each in turn, %s\n",
		b.vehicles, f.reports, f.records, f.duckRecords, b.runs, duckPackage)
	b.printPrograms("`export` into Parquet", f.ours)
	ours := &f.ours[0]
	lines := f.duck.lines("DuckDB, whole process")
	lines = append(lines, f.statements.lines("DuckDB, its statements alone")[:2]...)
	lines = append(lines, ours.against("`batch export` in percent of DuckDB", &f.duck)...)
	lines = append(lines, line{"`batch export` in percent of DuckDB's statements: time", ratios(ours.seconds, f.statements.seconds), "%.0f%%"},
		line{"`batch export` in percent of DuckDB's statements: processor time", ratios(ours.cpu, f.statements.cpu), "%.0f%%"})
	printTable(b.out, "the same reports in DuckDB", lines...)
}

// exportPlaces are workspaces with all reports, and the file that holds them raw.
func (b *bench) exportPlaces(ctx context.Context) (raw string, places []*place, err error) {
	for _, p := range b.programs() {
		w, err := b.newPlace(ctx, p, job{vehicles: b.vehicles})
		if err != nil {
			return raw, places, err
		}
		places = append(places, w)
		b.say("export: %s: buying %d answers", p.name, b.vehicles)
		if err := w.buy(ctx, "maintenance", b.vehicles); err != nil {
			return raw, places, err
		}
	}
	raw = places[0].path("raw.ndjson")
	_, err = runProcess(ctx, start{program: b.self, dir: b.dir,
		args: []string{bareRole, places[0].vendor.URL, strconv.Itoa(b.vehicles), strconv.Itoa(b.connections), raw}})
	return raw, places, err
}

// export writes the outputs of a place again, and tells how many rows came.
func (w *place) export(ctx context.Context, t *taken) (reports, records int64, err error) {
	var m manifest
	e, err := w.do(ctx, &m, "export", "--format", "parquet")
	if err != nil {
		return 0, 0, err
	}
	for _, o := range m.Outputs {
		switch o.Path {
		case "maintenance_reports.parquet":
			reports = o.Rows
		case "maintenance_records.parquet":
			records = o.Rows
		}
	}
	t.add(e)
	return reports, records, nil
}
