package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const listOfParts = `{"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": {"bom-ref": "pkg:golang/vehiclebatch", "name": "vehiclebatch"}},
	"components": [{"bom-ref": "pkg:golang/one@v1", "name": "one <1>"}],
	"dependencies": [{"ref": "pkg:golang/vehiclebatch", "dependsOn": ["pkg:golang/one@v1"]}, {"ref": "pkg:golang/one@v1"}]}`

// The library that draws the charts is a part of the whole, with the version and the digest of the file that reports carry.
func TestThePlottingLibraryIsAPart(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("../../..", plotter))
	if err != nil {
		t.Fatal(err)
	}
	plots, err := plotsOf(source)
	if err != nil || plots.Version != "1.6.32" || len(plots.Hashes[0].Content) != 64 {
		t.Fatalf("%+v, %v", plots, err)
	}
	text, err := withPart([]byte(listOfParts), plots)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format     string  `json:"bomFormat"`
		Components []part  `json:"components"`
		Needs      []needs `json:"dependencies"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	const ref = "pkg:npm/uplot@1.6.32"
	if got.Format != "CycloneDX" || len(got.Components) != 2 || got.Components[0].Name != "one <1>" || got.Components[1].URL != ref || got.Components[1].Licenses[0].License.ID != "MIT" {
		t.Errorf("parts: %s", text)
	}
	if len(got.Needs) != 3 || !slices.Equal(got.Needs[0].Needs, []string{"pkg:golang/one@v1", ref}) || got.Needs[2].Ref != ref {
		t.Errorf("needs: %+v", got.Needs)
	}
	for name, list := range map[string]string{"it is there": string(text), "no list": "{}", "no JSON": "x"} {
		if _, err := withPart([]byte(list), plots); err == nil {
			t.Errorf("%s: it was added", name)
		}
	}
	if _, err := plotsOf([]byte("var uPlot")); err == nil {
		t.Error("a library without a version is described")
	}
}
