package wapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/vendors/loose"
)

// maxNesting is how deep data is looked for below retdata. The pages list
// fields without saying how they nest.
const maxNesting = 4

// envelope is what every answer comes in.
type envelope struct {
	Code    loose.Text `json:"codeid"`
	Message loose.Text `json:"message"`
	Data    loose.Any  `json:"retdata"` // "an array, an object or a string"
}

var errNoEnvelope = errors.New("the body has no codeid")

func open(body []byte) (envelope, error) {
	var e envelope
	if err := loose.Unmarshal(body, &e); err != nil {
		return e, err
	}
	if e.Code == "" {
		return e, errNoEnvelope
	}
	return e, nil
}

// text returns retdata as text: a string's text, or the JSON of an object or a
// list that is not empty.
func (e *envelope) text() string { return strings.TrimSpace(e.Data.String()) }

// keys lists some keys of retdata, for people; "" when it is no object.
func (e *envelope) keys() string {
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(e.text()), &object) != nil {
		return ""
	}
	const shown = 4
	all := slices.Sorted(maps.Keys(object))
	for i, key := range all {
		all[i] = normalise.Excerpt(key)
	}
	if len(all) > shown {
		all = append(all[:shown], "…")
	}
	return strings.Join(all, ", ")
}

func isNested(text string) bool { return len(text) > 0 && (text[0] == '{' || text[0] == '[') }

// part is an object of an answer that may hold others in some of its fields.
type part interface {
	comparable
	nested() []loose.Text
}

// partsOf returns every object of a text, outer ones first. The text may be an
// object or a list; strings below may hold JSON again. An object without any
// known field is an error: it is not what it should be.
func partsOf[P part](text string) ([]P, error) { return collect[P](nil, text, maxNesting) }

func collect[P part](found []P, text string, depth int) ([]P, error) {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return found, nil
	case !isNested(text):
		return nil, fmt.Errorf("there are words instead of data: %s", normalise.Excerpt(text))
	case depth == 0:
		return nil, errors.New("the data is nested too deep")
	}
	var list loose.List[P]
	if err := loose.Unmarshal([]byte(text), &list); err != nil {
		return nil, err
	}
	for _, p := range list {
		var err error
		if found, err = collectOne(found, p, depth); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func collectOne[P part](found []P, p P, depth int) ([]P, error) {
	var none P
	if p == none {
		return nil, errors.New("an entry holds none of the fields that the vendor's page names")
	}
	found = append(found, p)
	for _, inner := range p.nested() {
		var err error
		if found, err = collect(found, string(inner), depth-1); err != nil {
			return nil, err
		}
	}
	return found, nil
}
