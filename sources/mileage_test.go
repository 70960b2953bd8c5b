package sources_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"vehiclebatch/sources"
)

func TestParseMileage(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in    string
		want  int64
		fault string
	}{
		{"36200", 36200, ""}, {"0", 0, ""}, {"36,200", 36200, ""}, {"1,036,200", 1036200, ""}, {"36，200", 36200, ""},
		{"36 200", 36200, ""}, {"36\u00a0200", 36200, ""}, {"36\u202f200", 36200, ""}, {"36'200", 36200, ""}, {"36’200", 36200, ""},
		{"1.036.200", 1036200, ""}, {"36200.0", 36200, ""}, {"36,200.00", 36200, ""}, {"36200.000", 36200, ""}, {"0.000", 0, ""},
		{"3.62万", 36200, ""}, {"3.6217万公里", 36217, ""}, {"12万", 120000, ""}, {"3.6w", 36000, ""}, {"3.6W公里", 36000, ""}, {"3.620万", 36200, ""},
		{"3.62 万 km", 36200, ""}, {"36200公里", 36200, ""}, {"36200 km", 36200, ""}, {"36200KM", 36200, ""}, {"36200㎞", 36200, ""}, {"36,200千米", 36200, ""},
		{"３６２００", 36200, ""}, {"0.0001万", 1, ""}, {"2000000", 2000000, ""}, {"200万", 2000000, ""}, {"999998", 999998, ""}, {"00036200", 36200, ""},
		{"11299.999999999998", 11300, ""}, {"36200.000000000004", 36200, ""}, {"3.6200000000000001万", 36200, ""}, {"1.1299999999999999万", 11300, ""},
		{"36200.5", 0, "not whole km"}, {"3.62", 0, "not whole km"}, {"3.62175万", 0, "not whole km"}, {"36199.999", 0, "not whole km"},
		{"36200.00001", 0, "not whole km"}, {"36.200", 0, "may mean 36,200 or 36.2: write 36200, or 36.2万 if it is in 万 km"}, {"36.000", 0, "may mean 36,000 or 36: write 36000, or 36万 if"},
		{"36.200公里", 0, "may mean 36,200 or 36.2"}, {"-5", 0, "below 0"}, {"-36,200", 0, "below 0"}, {"−5", 0, "below 0"}, {"-3.6万公里", 0, "below 0"},
		{"36,20", 0, "must be whole km"}, {"3,62万", 0, "must be whole km"}, {"1,234 567", 0, "must be whole km"}, {"1,23,456", 0, "must be whole km"},
		{"3.62E+04", 0, "an exponent, whose last digits may be lost"}, {"1e+05", 0, "an exponent"}, {"1e9999999", 0, "an exponent"},
		{"约3万公里", 0, "only about how far"}, {"大约30000", 0, "only about"}, {"3万左右", 0, "only about"}, {"3万多公里", 0, "only about"}, {"3-4万", 0, "only about"},
		{"30000+", 0, "only about"}, {"~30000", 0, "only about"}, {"３～４万公里", 0, "only about"}, {"3万以内", 0, "only about"}, {"几万公里", 0, "only about"},
		{"22500英里", 0, "another unit than km"}, {"22500 miles", 0, "another unit"}, {"22500mi", 0, "another unit"}, {"72400里", 0, "another unit"}, {"800小时", 0, "another unit"},
		{"2000001", 0, "more than the 2000000 km"}, {"9999999", 0, "more than"}, {"10000000", 0, "more than"}, {"1,000万", 0, "more than"}, {"36200万", 0, "more than"},
		{"999999", 0, "where it is not known"}, {"99.9999万", 0, "where it is not known"}, {"999,999", 0, "where it is not known"},
		{"99999999999999999999", 0, "must be"}, {"many", 0, "must be"}, {"0x10", 0, "must be"}, {"三万六", 0, "must be"}, {"36k", 0, "must be"},
		{"1_000", 0, "must be"}, {"+5", 0, "must be"}, {"", 0, "must be"},
	} {
		got, err := sources.ParseMileage(tc.in, sources.UnitNone)
		checkError(t, "ParseMileage("+tc.in+")", err, tc.fault)
		if err == nil && got != tc.want {
			t.Errorf("ParseMileage(%q) = %d, want %d", tc.in, got, tc.want)
		}
	}
}

func TestParseMileageInAUnit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in    string
		unit  sources.Unit
		want  int64
		fault string
	}{
		{"3.62", sources.UnitWanKM, 36200, ""}, {"4", sources.UnitWanKM, 40000, ""}, {"12.1", sources.UnitWanKM, 121000, ""}, {"0", sources.UnitWanKM, 0, ""},
		{"3.620", sources.UnitWanKM, 36200, ""}, {"12.345", sources.UnitWanKM, 123450, ""}, {"1.1299999999999999", sources.UnitWanKM, 11300, ""},
		{"3.62万", sources.UnitWanKM, 36200, ""}, {"36200km", sources.UnitWanKM, 36200, ""}, {"36200公里", sources.UnitWanKM, 36200, ""},
		{"3.62万公里", sources.UnitWanKM, 36200, ""}, {"3.62w", sources.UnitWanKM, 36200, ""},
		{"36200", sources.UnitWanKM, 0, "in a column of 万 km, so 362000000 km, more than"}, {"3.62175", sources.UnitWanKM, 0, "in a column of 万 km, so 36217.5 km, which is not whole km"},
		{"99.9999", sources.UnitWanKM, 0, "so 999999 km, which lists write"}, {"-3", sources.UnitWanKM, 0, "below 0"},
		{"36200", sources.UnitKM, 36200, ""}, {"3.62万", sources.UnitKM, 36200, ""}, {"36.200", sources.UnitKM, 0, "may mean"}, {"3.62", sources.UnitKM, 0, "not whole km"},
		{"11299.999999999998", sources.UnitKM, 11300, ""},
	} {
		got, err := sources.ParseMileage(tc.in, tc.unit)
		checkError(t, fmt.Sprintf("%q in %d", tc.in, tc.unit), err, tc.fault)
		if err == nil && got != tc.want {
			t.Errorf("%q in %d is %d, want %d", tc.in, tc.unit, got, tc.want)
		}
	}
}

// Whole km come back however they are written, by whatever program.
func TestMileageComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		km := rapid.Int64Range(0, sources.MaxMileageKM).Filter(func(n int64) bool { return n != 999_999 }).Draw(t, "km")
		wan := decimal.New(km, -4).String()
		for text, unit := range map[string]sources.Unit{
			strconv.FormatInt(km, 10): sources.UnitKM, wan: sources.UnitWanKM, wan + "万": sources.UnitNone, wan + "万公里": sources.UnitKM,
			strconv.FormatFloat(float64(km)/10000*10000, 'f', -1, 64): sources.UnitNone, strconv.FormatFloat(float64(km)/1e4, 'f', -1, 64): sources.UnitWanKM,
		} {
			if got, err := sources.ParseMileage(text, unit); err != nil || got != km {
				t.Fatalf("%d written as %q is %d, %v", km, text, got, err)
			}
		}
	})
}
