package report

import (
	"slices"

	"vehiclebatch/pipeline/record"
)

// chart is the mileage of one vehicle over time, as the script draws it.
type chart struct {
	Times []int64 `json:"t"`    // midnight UTC of the day, in seconds
	KM    []int64 `json:"km"`   // the readings
	Back  []int   `json:"back"` // indexes of the readings that ran back
}

// drawChart takes the visits with a day and a reading, in time.
func drawChart(visits []record.Visit) chart {
	dated := make([]record.Visit, 0, len(visits))
	for i := range visits {
		if v := &visits[i]; v.Date.OK && v.MileageKM.OK {
			dated = append(dated, *v)
		}
	}
	slices.SortStableFunc(dated, func(a, b record.Visit) int { return int(a.Date.V) - int(b.Date.V) })
	dated = dated[max(0, len(dated)-mostReadings):]
	c := chart{Times: []int64{}, KM: []int64{}, Back: []int{}}
	for i := range dated {
		c.Times = append(c.Times, dated[i].Date.V.Time().Unix())
		c.KM = append(c.KM, dated[i].MileageKM.V)
		if dated[i].Rollback.V {
			c.Back = append(c.Back, i)
		}
	}
	return c
}

// span is the lowest and the highest reading, and how many there are.
func (c *chart) span() (lowest, highest int64, count int) {
	if len(c.KM) == 0 {
		return 0, 0, 0
	}
	return slices.Min(c.KM), slices.Max(c.KM), len(c.KM)
}
