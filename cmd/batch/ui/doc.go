// Package ui is what a user sees: tables, JSON, the display of a run at work, and what is
// asked at a terminal. All that goes to a screen goes through its door.
package ui
