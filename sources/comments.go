package sources

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources/workbook"
)

// comments are what people have written beside the cells of a sheet. They are no values; each is said, and those that
// tell that a vehicle is gone or in what unit a distance is are taken for that.
type comments struct {
	all []workbook.Comment // by their rows
}

// on are the comments on the cells of a row.
func (c *comments) on(row int64) []workbook.Comment {
	from, found := slices.BinarySearchFunc(c.all, row, func(c workbook.Comment, row int64) int { return cmp.Compare(c.Row, row) })
	if !found {
		return nil
	}
	end := from
	for end < len(c.all) && c.all[end].Row == row {
		end++
	}
	return c.all[from:end]
}

// upTo are those on the cells of the first rows.
func (c *comments) upTo(row int64) []workbook.Comment {
	end, _ := slices.BinarySearchFunc(c.all, row+1, func(c workbook.Comment, row int64) int { return cmp.Compare(c.Row, row) })
	return c.all[:end]
}

// notes says where comments stand.
func (c *comments) notes() []string {
	if len(c.all) == 0 {
		return nil
	}
	var shown []string
	for _, one := range c.all[:min(len(c.all), shownRows)] {
		shown = append(shown, commentOn(one))
	}
	if more := len(c.all) - shownRows; more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	is := "cells have comments, which are no values"
	if len(c.all) == 1 {
		is = "cell has a comment, which is no value"
	}
	return []string{fmt.Sprintf("%d %s: %s", len(c.all), is, strings.Join(shown, ", "))}
}

// commentOn shows a comment with the name of its cell.
func commentOn(c workbook.Comment) string {
	return fmt.Sprintf("%s (%s)", workbook.Name(c.Column, c.Row), quote(strings.Join(strings.Fields(c.Text), " ")))
}

// sentences are what comments are looked through in: a long one may say of the vehicle in one of them that it is gone.
var sentences = regexp.MustCompile(`[\n。；;！!]`)

// saysGone tells whether a comment says of a vehicle that it is gone.
func saysGone(comment string) bool {
	if utf8.RuneCountInString(comment) <= longestState {
		return isGone(comment)
	}
	return slices.ContainsFunc(sentences.Split(comment, -1), isGone)
}

// readComments reads the comments of the sheet. It refuses a list in whose titles or header one names the unit of the distances.
func (x *XLSX) readComments(l *lead) *InputError {
	all, err := x.book.Comments(x.sheet)
	if err != nil {
		return &InputError{Problem: "the comments of the sheet cannot be read", Hint: "open the workbook in the spreadsheet and save it again", Err: err}
	}
	for i := range all {
		all[i].Text = strings.ToValidUTF8(all[i].Text, "") // it may have been cut in the middle of a character
	}
	x.comments.all = all
	for _, c := range x.comments.upTo(l.rows[len(l.rows)-1].line) {
		if bad := x.unitBeside(c.Row, []string{c.Text}); bad != nil {
			bad.Problem = fmt.Sprintf("in the comment on %s, %s", workbook.Name(c.Column, c.Row), bad.Problem)
			return bad
		}
	}
	return nil
}

// unitOfComment is a fault of a distance beside which a comment names another unit than the column has.
func (x *XLSX) unitOfComment(row int64) error {
	for _, c := range x.comments.on(row) {
		unit := otherUnit(c.Text)
		if unit == "" {
			continue
		}
		if m, known := measureNamed(foldHeader(unit)); known && m.refused == "" && x.distances.unit.said() && m.unit == x.distances.unit.unit {
			continue
		}
		return fmt.Errorf("the comment %s speaks of %s: write the distance in km, and take the unit out of the comment", commentOn(c), unit)
	}
	return nil
}

// remarkComments puts the comments on a row on its vehicle.
func (x *XLSX) remarkComments(v *record.Vehicle) {
	for _, c := range x.comments.on(v.Line) {
		if saysGone(c.Text) {
			x.apart.because("the comment on %s says %s", workbook.Name(c.Column, c.Row), quote(c.Text))
			continue
		}
		v.Problems = append(v.Problems, "a comment stands on the cell "+commentOn(c))
	}
}
