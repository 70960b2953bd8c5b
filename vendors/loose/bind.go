package loose

import (
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/valyala/fastjson"
)

// form is a type that reads any JSON value in its own way.
type form interface{ read(v *fastjson.Value) error }

var (
	_ form = (*Text)(nil)
	_ form = (*Any)(nil)
	_ form = (*Words)(nil)
	_ form = (*Presence)(nil)
	_ form = (*List[Text])(nil)
	_ form = (*Object[struct{}])(nil)
)

// bind reads a value into what to points at. Null leaves a struct as it is.
func bind(to any, v *fastjson.Value) error {
	if f, ok := to.(form); ok {
		return f.read(v)
	}
	target := reflect.ValueOf(to)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("%T is nothing to read JSON into", to)
	}
	if v.Type() == fastjson.TypeNull {
		return nil
	}
	o, err := v.Object()
	if err != nil {
		return fmt.Errorf("there is a %s instead of an object", v.Type())
	}
	return bindStruct(target.Elem(), o)
}

func bindStruct(target reflect.Value, o *fastjson.Object) error {
	fields := fieldsOf(target.Type())
	var failed error
	o.Visit(func(key []byte, v *fastjson.Value) {
		path, known := fields.find(key)
		if !known || failed != nil {
			return
		}
		// The cast holds: fieldsOf takes no other fields.
		f, _ := reflect.TypeAssert[form](target.FieldByIndex(path).Addr())
		if err := f.read(v); err != nil {
			failed = fmt.Errorf("%s: %w", key, err)
		}
	})
	return failed
}

// fields are the places of a struct's fields by their keys in JSON.
type fields map[string][]int

// find looks for a key as it is written, then whatever its case, as
// encoding/json does.
func (f fields) find(key []byte) ([]int, bool) {
	if path, ok := f[string(key)]; ok {
		return path, true
	}
	for name, path := range f {
		if len(name) == len(key) && strings.EqualFold(name, string(key)) {
			return path, true
		}
	}
	return nil, false
}

// plans are the fields of the types that were read so far: types of this
// program, so there are few.
var plans sync.Map // of reflect.Type to fields

func fieldsOf(t reflect.Type) fields {
	if f, ok := plans.Load(t); ok {
		return f.(fields)
	}
	f := fields{}
	formType := reflect.TypeFor[form]()
	for _, field := range reflect.VisibleFields(t) {
		name := field.Tag.Get("json")
		if name == "" || !reflect.PointerTo(field.Type).Implements(formType) {
			continue
		}
		if _, taken := f[name]; !taken { // outer fields come first
			f[name] = field.Index
		}
	}
	plans.Store(t, f)
	return f
}
