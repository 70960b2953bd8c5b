package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
)

const plotter = assets + "/uplot.min.js"

// plotterVersion is how the plotting library says its own version.
var plotterVersion = regexp.MustCompile(`^/\*! \S+/uPlot \(v(\d+\.\d+\.\d+)\) \*/`)

// part is one component of a list of parts, in CycloneDX.
type part struct {
	Ref      string    `json:"bom-ref"`
	Type     string    `json:"type"`
	Name     string    `json:"name"`
	Version  string    `json:"version"`
	Scope    string    `json:"scope"`
	Hashes   []hash    `json:"hashes"`
	Licenses []license `json:"licenses"`
	URL      string    `json:"purl"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type license struct {
	License struct {
		ID string `json:"id"`
	} `json:"license"`
}

// needs says what a part consists of.
type needs struct {
	Ref   string   `json:"ref"`
	Needs []string `json:"dependsOn,omitempty"`
}

// addPlots adds to a list of parts, which was made of Go modules, the library that every
// report carries.
func addPlots(path string) error {
	source, err := os.ReadFile(plotter)
	if err != nil {
		return err
	}
	plots, err := plotsOf(source)
	if err != nil {
		return err
	}
	list, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if list, err = withPart(list, plots); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, list, 0o644) //nolint:gosec // everyone may read it
}

// plotsOf describes the plotting library.
func plotsOf(source []byte) (part, error) {
	version := plotterVersion.FindSubmatch(source)
	if version == nil {
		return part{}, errors.New(plotter + " does not say its version in its first line")
	}
	p := part{Type: "library", Name: "uplot", Version: string(version[1]), Scope: "required", Licenses: make([]license, 1)}
	p.Ref = "pkg:npm/" + p.Name + "@" + p.Version
	p.URL = p.Ref
	sum := sha256.Sum256(source)
	p.Hashes = []hash{{"SHA-256", hex.EncodeToString(sum[:])}}
	p.Licenses[0].License.ID = "MIT"
	return p, nil
}

// withPart is a list of parts with one more, which the whole needs.
func withPart(list []byte, p part) ([]byte, error) {
	var all map[string]json.RawMessage
	var whole struct {
		Component struct {
			Ref string `json:"bom-ref"`
		} `json:"component"`
	}
	var parts []json.RawMessage
	var wants []needs
	if err := json.Unmarshal(list, &all); err != nil {
		return nil, err
	}
	for key, to := range map[string]any{"metadata": &whole, "components": &parts, "dependencies": &wants} {
		if err := json.Unmarshal(all[key], to); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	known := false
	for i := range wants {
		if wants[i].Ref == p.Ref {
			return nil, fmt.Errorf("%s is in it", p.Ref)
		}
		if wants[i].Ref == whole.Component.Ref {
			wants[i].Needs, known = append(wants[i].Needs, p.Ref), true
		}
	}
	if !known {
		return nil, errors.New("it does not say what the whole needs")
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	for key, value := range map[string]any{"components": append(parts, text), "dependencies": append(wants, needs{Ref: p.Ref})} {
		if all[key], err = json.Marshal(value); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	err = enc.Encode(all)
	return b.Bytes(), err
}
