package sinks

import (
	"fmt"
	"io"
	"strings"
)

// packageName is the file that says what the CSV files are: a Frictionless Data
// Package, which readers of many languages take.
const packageName = "datapackage.json"

// dataPackage is the document datapackage.json. It must be rendered when the CSV
// files are at their end: it has their lengths and checksums.
type dataPackage struct {
	run   string
	files []*output // the CSV files, in the order of the dictionary
}

var _ Document = dataPackage{}

// The shape of the document, by the specification's first version: readers of the
// second take it as well. https://specs.frictionlessdata.io/tabular-data-package/
type (
	packageJSON struct {
		Profile     string         `json:"profile"`
		Name        string         `json:"name"` // lower case
		ID          string         `json:"id"`
		Title       string         `json:"title"`
		Description string         `json:"description"`
		Resources   []resourceJSON `json:"resources"`
	}
	resourceJSON struct {
		Profile     string      `json:"profile"`
		Name        string      `json:"name"`
		Path        string      `json:"path"`
		Title       string      `json:"title"`
		Description string      `json:"description"`
		Format      string      `json:"format"`
		MediaType   string      `json:"mediatype"`
		Encoding    string      `json:"encoding"`
		Bytes       int64       `json:"bytes"`
		Hash        string      `json:"hash"`
		Dialect     dialectJSON `json:"dialect"`
		Schema      schemaJSON  `json:"schema"`
	}
	dialectJSON struct {
		Delimiter        string `json:"delimiter"`
		LineTerminator   string `json:"lineTerminator"`
		QuoteChar        string `json:"quoteChar"`
		DoubleQuote      bool   `json:"doubleQuote"`
		SkipInitialSpace bool   `json:"skipInitialSpace"`
		Header           bool   `json:"header"`
	}
	schemaJSON struct {
		Fields        []fieldJSON   `json:"fields"`
		MissingValues []string      `json:"missingValues"`
		PrimaryKey    []string      `json:"primaryKey,omitempty"`
		ForeignKeys   []foreignJSON `json:"foreignKeys,omitempty"`
	}
	fieldJSON struct {
		Name        string           `json:"name"`
		Type        string           `json:"type"`
		Format      string           `json:"format"`
		Description string           `json:"description"`
		Unit        string           `json:"unit,omitempty"`
		Source      string           `json:"source"`
		List        *listJSON        `json:"list,omitempty"` // ours: what the parts of a list are
		Constraints *constraintsJSON `json:"constraints,omitempty"`
	}
	listJSON struct {
		Delimiter string `json:"delimiter"`
		ItemType  string `json:"itemType"`
	}
	constraintsJSON struct {
		Required bool `json:"required"`
	}
	foreignJSON struct {
		Fields    []string `json:"fields"`
		Reference struct {
			Resource string   `json:"resource"`
			Fields   []string `json:"fields"`
		} `json:"reference"`
	}
)

// aboutPackage is what a reader has to know of the files' cells.
const aboutPackage = "What vendors answered about a list of vehicles. An empty field is unknown. Identifiers and codes are strings: zeros in front count. " +
	"A list is one string, its parts joined by \"; \" (the property list of a field names their type); a part that holds \"; \" itself has a no-break space there. " +
	"A text that a spreadsheet would run has an apostrophe in front, and one that begins with apostrophes before such a mark has one more: take one off. " +
	"schema.sql, beside this file, does all of that for DuckDB."

// Render writes the document.
func (p dataPackage) Render(to io.Writer) error {
	doc := packageJSON{Profile: "tabular-data-package", Name: "batch-" + strings.ToLower(p.run), ID: p.run,
		Title: "Vehicle lookups of run " + p.run, Description: aboutPackage, Resources: []resourceJSON{}}
	specs := tableSpecs()
	for i := range specs {
		if file := p.file(fileName(specs[i].name, CSV)); file != nil {
			doc.Resources = append(doc.Resources, specs[i].resource(file))
		}
	}
	text, err := encodeJSON(doc, "  ")
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	return err
}

func (p dataPackage) file(name string) *partial {
	for _, o := range p.files {
		if o.file.name == name {
			return o.file
		}
	}
	return nil
}

func (t *tableSpec) resource(file *partial) resourceJSON {
	r := resourceJSON{Profile: "tabular-data-resource", Name: t.name, Path: file.name, Title: strings.ReplaceAll(t.name, "_", " "),
		Description: fmt.Sprintf("A row is %s. Order: %s.", t.row, t.order), Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
		Bytes: file.bytes, Hash: "sha256:" + file.checksum(),
		Dialect: dialectJSON{Delimiter: ",", LineTerminator: "\n", QuoteChar: `"`, DoubleQuote: true, Header: true},
		Schema:  schemaJSON{MissingValues: []string{""}}}
	for i := range t.columns {
		r.Schema.Fields = append(r.Schema.Fields, t.columns[i].field())
	}
	// A vehicle that stands in the list with two plates has two sets of rows, so that
	// no other table has a key that no reader could refuse.
	if t.name == vehiclesName {
		r.Schema.PrimaryKey = []string{"row"}
		return r
	}
	vehicle := foreignJSON{Fields: []string{"vehicle_id"}}
	vehicle.Reference.Resource, vehicle.Reference.Fields = vehiclesName, []string{"vehicle_id"}
	r.Schema.ForeignKeys = []foreignJSON{vehicle}
	return r
}

func (s *columnSpec) field() fieldJSON {
	f := fieldJSON{Name: s.name, Format: "default", Description: s.description, Unit: s.unit, Source: s.source}
	f.Type = kinds[s.kind].inJSON
	switch s.kind {
	case kindMoment: // the default format has no zone but Z
		f.Format = "any"
	case kindList, kindNumbers:
		f.List = &listJSON{Delimiter: listSeparator, ItemType: "string"}
		if s.kind == kindNumbers {
			f.List.ItemType = "integer"
		}
		return f // an empty list is an empty field, which is missing
	}
	if !s.nullable {
		f.Constraints = &constraintsJSON{Required: true}
	}
	return f
}
