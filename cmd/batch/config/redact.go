package config

import (
	"fmt"
	"io"
	"log/slog"
	"strings"

	"vehiclebatch/pipeline/record"
)

var (
	_ fmt.Formatter  = Config{}
	_ fmt.Formatter  = Vendor{}
	_ slog.LogValuer = Config{}
	_ slog.LogValuer = Vendor{}
)

// String describes the configuration without its secrets.
func (c Config) String() string {
	parts := []string{c.Path}
	for _, v := range c.Vendors {
		parts = append(parts, v.String())
	}
	for _, d := range record.Datasets() {
		if ds, ok := c.Datasets[d]; ok {
			parts = append(parts, fmt.Sprintf("%s: %s", d, strings.Join(ds.Route, ", ")))
		}
	}
	return "config{" + strings.Join(parts, "; ") + "}"
}

// String describes the vendor without its secrets and options.
func (v Vendor) String() string {
	state := "on"
	if !v.Enabled {
		state = "off"
	}
	return fmt.Sprintf("vendor{%s, %s, %s, %v a second}", v.Name, state, v.Settings.BaseURL, v.Rate.PerSecond)
}

// Format prints String for every verb: none may reach the secrets.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// Format prints String for every verb: none may reach the secrets.
func (v Vendor) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, v.String()) }

// GoString is String.
func (c Config) GoString() string { return c.String() }

// GoString is String.
func (v Vendor) GoString() string { return v.String() }

// LogValue is String.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// LogValue is String.
func (v Vendor) LogValue() slog.Value { return slog.StringValue(v.String()) }

// MarshalText makes encoders, JSON for one, write String.
func (c Config) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// MarshalText makes encoders, JSON for one, write String.
func (v Vendor) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
