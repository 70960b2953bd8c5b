package vendortest

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// foreign are bodies that no vendor sends as its own.
func foreign() map[string]string {
	return map[string]string{
		"empty": "", "blank": " \r\n\t", "mark": "\ufeff", "page": "<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
		"words": "service unavailable", "null": "null", "list": "[]", "number": "0", "text": `"ok"`, "object": "{}",
		"open": "{", "binary": "\x00\xff\xfe\x1f\x8b", "deep lists": strings.Repeat("[", 100_000),
		"deep objects": strings.Repeat(`{"data":`, 100_000), "closed deep": strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"other json": `{"error":{"status":503}}`, "two values": `{} {}`,
	}
}

func (s *suite) testBadBodies(t *testing.T, q Question) {
	for _, call := range s.calls(q) {
		for name, body := range foreign() {
			if out := s.v.Read(q.Dataset, call, &q.Vehicle, []byte(body)); out.Kind != vendors.Unreadable {
				t.Errorf("%s of %s is %s, want unreadable", call, name, out.Kind)
			}
			if _, err := s.v.Decode(q.Dataset, &q.Vehicle, []byte(body)); err == nil {
				t.Errorf("Decode takes %s", name)
			}
		}
	}
	for _, sample := range q.Samples {
		s.testTruncated(t, q, sample)
		s.testMutated(t, q, sample)
	}
}

// testTruncated cuts a body at every byte. What is cut is no answer; white
// space and nothing else may be missing.
func (s *suite) testTruncated(t *testing.T, q Question, sample Sample) {
	body := []byte(strings.TrimSpace(string(sample.Body)))
	for n := range steps(len(body)) {
		out := s.v.Read(q.Dataset, sample.Call, &q.Vehicle, body[:n])
		if out.Kind != vendors.Unreadable {
			t.Fatalf("%s cut to %d bytes is %s, want unreadable", sample.Name, n, out.Kind)
		}
		if _, err := s.v.Decode(q.Dataset, &q.Vehicle, body[:n]); err == nil {
			t.Fatalf("Decode takes %s cut to %d bytes", sample.Name, n)
		}
	}
}

// steps yields every length of a short body, and of a long one each of the
// first and last 500 and every 37th between.
func steps(length int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for n := 0; n < length; n++ {
			if n > 500 && n < length-500 && n%37 != 0 {
				continue
			}
			if !yield(n) {
				return
			}
		}
	}
}

// testMutated puts values of every type, and the secrets that are sent, into
// each place of a body. Anything may come out but a panic, a broken rule or a secret.
func (s *suite) testMutated(t *testing.T, q Question, sample Sample) {
	for body := range mutants(t, sample.Body, s.c.Sent) {
		out := s.v.Read(q.Dataset, sample.Call, &q.Vehicle, body)
		s.testOutcome(t, out)
		a, err := s.v.Decode(q.Dataset, &q.Vehicle, body)
		if out.Kind == vendors.Answered && (out.Flaw == "") != (err == nil) {
			t.Errorf("Read says the flaw is %q, Decode %v", out.Flaw, err)
		}
		if err == nil {
			testAnswer(t, q.Dataset, a)
		} else {
			noSecrets(t, s.c, "the error of Decode", err.Error())
		}
		if t.Failed() {
			t.Fatalf("%s, changed to %s", sample.Name, body)
		}
	}
}

func strangers(secrets []string) []any {
	list := []any{nil, "", "0", 0, -1, 1e300, true, []any{}, map[string]any{}, "\x00文\ufffd", []any{[]any{}, "x", nil},
		map[string]any{"data": map[string]any{"data": "x"}}, "99999999999999999999",
		// Numbers that would need gigabytes to be written out, or time without end.
		json.RawMessage("1e999999999"), "1e999999999", "-1e-999999999", json.RawMessage("1" + strings.Repeat("0", 5000)), "0x7fffffffffffffff",
		"1" + strings.Repeat(",000", 2000), strings.Repeat("9", 5000) + "." + strings.Repeat("9", 5000)}
	for _, secret := range secrets {
		list = append(list, secret)
	}
	return list
}

// mutants yields the body with each of its first 150 places replaced.
func mutants(t *testing.T, body []byte, secrets []string) func(yield func([]byte) bool) {
	t.Helper()
	var tree any
	if err := json.Unmarshal(body, &tree); err != nil {
		t.Fatalf("a sample is not JSON: %v", err)
	}
	var places []func(any) any // sets a value, returns the old one
	walk(tree, &places)
	return func(yield func([]byte) bool) {
		for _, set := range places[:min(len(places), 150)] {
			for _, stranger := range strangers(secrets) {
				old := set(stranger)
				mutant, err := json.Marshal(tree)
				set(old)
				if err == nil && !yield(mutant) {
					return
				}
			}
		}
	}
}

func walk(tree any, places *[]func(any) any) {
	switch node := tree.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			child := node[key]
			*places = append(*places, func(v any) any { old := node[key]; node[key] = v; return old })
			walk(child, places)
		}
	case []any:
		for i, child := range node {
			*places = append(*places, func(v any) any { old := node[i]; node[i] = v; return old })
			walk(child, places)
		}
	}
}

// testPurity reads and decodes the same bytes at once from several sides.
func (s *suite) testPurity(t *testing.T, q Question) {
	for _, sample := range q.Samples {
		before := string(sample.Body)
		wantOut := s.v.Read(q.Dataset, sample.Call, &q.Vehicle, sample.Body)
		wantAnswer, wantErr := s.v.Decode(q.Dataset, &q.Vehicle, sample.Body)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				out := s.v.Read(q.Dataset, sample.Call, &q.Vehicle, sample.Body)
				answer, err := s.v.Decode(q.Dataset, &q.Vehicle, sample.Body)
				if out != wantOut || !sameAnswer(answer, wantAnswer) || (err == nil) != (wantErr == nil) {
					t.Errorf("%s: the same bytes, another result", sample.Name)
				}
			})
		}
		wg.Wait()
		if string(sample.Body) != before {
			t.Errorf("%s: the body was changed", sample.Name)
		}
	}
}

func sameAnswer(a, b record.Answer) bool { return reflect.DeepEqual(a, b) }
