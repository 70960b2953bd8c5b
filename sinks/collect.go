package sinks

import "vehiclebatch/pipeline/record"

// Collected is a table with a few of its rows.
type Collected struct {
	Table   string
	Columns []string
	// Values are the rows' values in the order of the columns: Texts as CSV has them,
	// unknown is "", and JSON with exact numbers, moments RFC 3339 in China, unknown nil.
	Texts [][]string
	JSON  [][]any
}

// Collector keeps the rows that it is given, as the tables hold them: for a few
// vehicles, to be shown. The zero Collector is none: use NewCollector.
type Collector struct {
	run    string
	tables []Collected
}

var _ Sink = (*Collector)(nil)

// NewCollector makes the collector of a run's rows.
func NewCollector(runID string) *Collector {
	c := &Collector{run: runID}
	for _, t := range tableSpecs() {
		names := make([]string, len(t.columns))
		for i := range t.columns {
			names[i] = t.columns[i].name
		}
		c.tables = append(c.tables, Collected{Table: t.name, Columns: names})
	}
	return c
}

// Tables returns every table, in the order of the dictionary, also those without a row.
func (c *Collector) Tables() []Collected { return c.tables }

// Vehicle takes a row of vehicles.
func (c *Collector) Vehicle(r VehicleRow) error {
	return collect(c, vehiclesTable(), vehicleRow{c.run, r})
}

// Report takes a report with its visits.
func (c *Collector) Report(r ReportRow) error {
	row, err := newReportRow(c.run, r)
	if err != nil {
		return err
	}
	if err := collect(c, reportsTable(), row); err != nil {
		return err
	}
	return r.records(func(vendor string, v *record.Visit) error {
		return collect(c, visitsTable(), visitRow{c.run, vendor, &r, v})
	})
}

// Valuation takes a row of valuations.
func (c *Collector) Valuation(r ValuationRow) error {
	return collect(c, valuationsTable(), valuationRow{c.run, r})
}

// Violation takes a row of violations.
func (c *Collector) Violation(r ViolationRow) error {
	return collect(c, violationsTable(), violationRow{c.run, r})
}

// Failure takes a row of the failure ledger.
func (c *Collector) Failure(r FailureRow) error {
	return collect(c, failuresTable(), failureRow{c.run, r})
}

// Change takes a row of changes.
func (c *Collector) Change(r ChangeRow) error { return collect(c, changesTable(), changeRow{c.run, r}) }

func collect[R any](c *Collector, t table[R], row R) error {
	for i := range c.tables {
		if to := &c.tables[i]; to.Table == t.name {
			to.Texts, to.JSON = append(to.Texts, t.csvCells(&row)), append(to.JSON, t.jsonValues(&row))
		}
	}
	return nil
}
