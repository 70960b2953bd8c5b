package sources

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever a list is made of, it is refused in words, or each row with text under the header is a vehicle
// or skipped, and none that holds a VIN or a plate is skipped.
func TestAnyListIsReadWhole(t *testing.T) {
	t.Parallel()
	cells := []string{"", "", vinA, vinB, "LSV123", "沪A12345", "沪A1", "E1", "36200", "3.6", "4", "合计", "共2辆", "制表人：张三", "说明：x", "# x", "#N/A", "第1页", "-----", "vin", "车架号", "车牌号", "发动机号", "里程(万公里)", "里程", "颜色", "黑色",
		"必填", "2021-05", "备注 " + vinC, "\x1a", "\"a\nb\"", "一、轿车"}
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 4).Draw(t, "width")
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom(cells), width, width), 1, 12).Draw(t, "rows")
		text, held := "", 0
		for _, r := range rows {
			line := strings.Join(r, ",")
			text += line + "\n"
			if slices.ContainsFunc(r, isVIN) || slices.ContainsFunc(r, isPlate) {
				held++
			}
		}
		c, err := OpenCSV(strings.NewReader(text), "fleet.csv")
		var wrong *InputError
		if err != nil {
			if !errors.As(err, &wrong) || wrong.Hint == "" {
				t.Fatal(err)
			}
			return
		}
		read := 0
		for ; ; read++ {
			if _, err = c.Next(); err != nil {
				break
			}
		}
		if !errors.Is(err, io.EOF) {
			if !errors.As(err, &wrong) {
				t.Fatal(err)
			}
			return
		}
		filledRows := 0
		for _, r := range rows {
			if filled(r) > 0 && strings.Join(r, "") != "\x1a" {
				filledRows++
			}
		}
		if skipped := int(c.Info().Skipped); read+skipped+c.lead.passed() < filledRows && !strings.Contains(text, "\x1a") || held > read {
			t.Fatalf("%d rows, %d skipped, of %d with text and %d with an identifier, in %q: %q", read, skipped, filledRows, held, text, c.Info().Notes)
		}
	})
}
