// Package stagetest has what the tests of several stages share: a workspace with a clock that is moved by hand, and
// a vendor whose language is words.
package stagetest
