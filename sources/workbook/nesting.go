package workbook

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// nesting holds the elements of a part that have begun and not ended. Tokens come one
// by one: without it a part that was cut between two of them looks whole, and an end
// that is missing takes a row with it.
type nesting struct {
	names  []byte // one behind the other
	begins []int  // where each begins
}

// take takes a token.
func (n *nesting) take(t *token) error {
	switch t.kind {
	case started:
		n.begin(t.name)
	case ended:
		return n.end(t.name)
	}
	return nil
}

// takeXML takes a token of encoding/xml.
func (n *nesting) takeXML(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		n.begin([]byte(t.Name.Local))
	case xml.EndElement:
		return n.end([]byte(t.Name.Local))
	}
	return nil
}

func (n *nesting) begin(name []byte) {
	n.begins = append(n.begins, len(n.names))
	n.names = append(n.names, name...)
}

func (n *nesting) end(name []byte) error {
	open := n.innermost()
	if open == nil {
		return fmt.Errorf("</%s> closes nothing", name)
	}
	if !bytes.Equal(open, name) {
		return fmt.Errorf("<%s> is closed by </%s>", open, name)
	}
	last := len(n.begins) - 1
	n.names, n.begins = n.names[:n.begins[last]], n.begins[:last]
	return nil
}

// innermost is the name of the element that is open, nil for none.
func (n *nesting) innermost() []byte {
	if len(n.begins) == 0 {
		return nil
	}
	return n.names[n.begins[len(n.begins)-1]:]
}

// whole turns an end of the part that comes too early into another error.
func (n *nesting) whole(err error) error {
	if open := n.innermost(); open != nil && errors.Is(err, io.EOF) {
		return fmt.Errorf("it ends within <%s>", open)
	}
	return err
}
