package tencent

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files again")

// golden holds what was decoded against testdata/NAME.golden.json.
func golden(t *testing.T, name string, got any) {
	t.Helper()
	text := []byte(goldenText(t, got))
	path := filepath.Join("testdata", name+".golden.json")
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, want) {
		t.Errorf("%s differs from what was decoded; run with -update and read the difference:\n%s", path, text)
	}
}

func goldenText(t *testing.T, got any) string {
	t.Helper()
	text, err := json.MarshalIndent(plain(reflect.ValueOf(got)), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// plain makes records readable: an Opt is its value or null, days and money are
// their texts.
func plain(v reflect.Value) any {
	if s, ok := v.Interface().(fmt.Stringer); ok && v.Kind() != reflect.Pointer {
		return s.String()
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return plain(v.Elem())
	case reflect.Slice:
		out := make([]any, 0, v.Len())
		for i := range v.Len() {
			out = append(out, plain(v.Index(i)))
		}
		return out
	case reflect.Struct:
		return plainStruct(v)
	}
	return v.Interface()
}

func plainStruct(v reflect.Value) any {
	if ok := v.FieldByName("OK"); ok.IsValid() {
		if !ok.Bool() {
			return nil
		}
		return plain(v.FieldByName("V"))
	}
	out := map[string]any{}
	for i := range v.NumField() {
		out[v.Type().Field(i).Name] = plain(v.Field(i))
	}
	return out
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}
