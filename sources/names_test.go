package sources

import (
	"strings"
	"testing"

	"vehiclebatch/pipeline/record"
)

func TestNamesWithPartsOfTheirKind(t *testing.T) {
	t.Parallel()
	for column, names := range map[string][]string{
		"": {"行驶里程/年", "里程(公里/年)", "里程（年）", "年均里程", "年均行驶里程", "月均里程(公里)", "日均里程", "每年行驶里程", "年行驶里程", "月里程", "当年里程", "本月里程", "里程/月", "里程(km/月)", "annual mileage", "Mileage per year", "mileage/year",
			"Mileage (km/year)", "mileage (annual)", "km/year", "avg mileage", "Average mileage", "Mileage p.a.", "monthly mileage", "Mileage/yr", "年均行駛里程", "里程(年月)", "里程/号码", "平均里程",
			"Engine (Code)", "engine/码", "No. (Engine)", "上牌时间/号码"},
		record.ColEngineNo:        {"Engine/No", "Engine (No)", "Engine: No", `engine\no`, `engine\_no`, "Engine、号码", "Engine（号码）", "Engine [Number]", "Engine/Num.", "Engine – No", "Engine (No.) *必填", "发动机/号码", "发动机(编号)", "引擎/号", `发动机\_号`, "Engine/号", "发动机号(号码)"},
		record.ColMileageKM:       {"行驶里程(公里)", "里程(必填)", "mileage/km", `mileage\_km`, "Current mileage", "里程/公里数", "总里程(公里)"},
		record.ColFirstRegistered: {"上牌时间(年月)", "注册日期/年", `first\_registered`, "初登日期(yyyy-mm-dd)"},
		record.ColVIN:             {"VIN/No", `vin\_code`, "车架/号", "Chassis (No)", "VIN（17位）"},
		record.ColPlate:           {"Plate/No", "车牌(号码)", "License plate: number"},
		record.ColPlateType:       {"号牌种类(代码)", "号牌种类/编号"},
		record.ColColor:           {"颜色(代码)", "Color/Code"},
		record.ColEngine:          {"engine", "发动机工况", "发动机/变速器", "Engine（必填）"},
		record.ColModelID:         {`model\_id`, "车型id/编号"},
	} {
		for _, name := range names {
			if got := canonical(name); got != column {
				t.Errorf("%q is read as %q, want %q", name, got, column)
			}
		}
	}
}

// A part of a number is no number to ask with: it is said, with what is wanted.
func TestPartsOfNumbers(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]string{
		"发动机号(后6位)": "engine_no", "发动机号后六位": "engine_no", "发动机后4位号码": "engine_no", "Engine No. (last 6 digits)": "engine_no", "Last six digits of VIN": "vin", "车架号后8位": "vin", "VIN后6位": "vin", "VIN (last 8)": "vin",
		"车牌尾号": "plate", "车牌号末四位": "plate", "联系电话后4位": "", "发动机号": "", "17位车架号": "", "里程后3位": "", "前10位": "",
	} {
		if got := partOf(name); got != whole {
			t.Errorf("%q is a part of %q, want %q", name, got, whole)
		}
		h, bad := readHeader([]string{"vin", name})
		if whole == "" || whole == record.ColVIN && canonical(name) != "" {
			continue
		}
		if bad != nil || len(h.notes) != 1 || !strings.Contains(h.notes[0], "it is a part of the "+whole+", and vendors are asked with all of it; put the whole into a column "+whole) {
			t.Errorf("%s: %+v, %v", name, h, bad)
		}
	}
	if _, bad := readHeader([]string{"车架号后6位", "里程"}); bad == nil || !strings.Contains(bad.Hint, `"车架号后6位" is a part of the vin, and the whole is wanted`) {
		t.Error(bad)
	}
}

func TestTwoRowsOfNamesWithParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ upper, lower, column string }{
		{"行驶里程", "年均", ""}, {"里程", "公里/年", ""}, {"里程", "公里", record.ColMileageKM}, {"Mileage", "per year", ""}, {"Engine", "No", record.ColEngineNo}, {"Engine", "号码", record.ColEngineNo},
	} {
		joined, _, ok := joinNames(c.upper, c.lower)
		if got := canonical(joined); !ok || got != c.column {
			t.Errorf("%s over %s: %q, %v, is %q, want %q", c.upper, c.lower, joined, ok, got, c.column)
		}
	}
}

func TestConsumptionIsNoMileage(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"百公里油耗(月均)", "每月公里费用", "行驶年月", "车辆年检/月"} {
		if n := nameOf(name); n.rate || n.column != "" {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func TestMileageOfAYearIsSaid(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"行驶里程/年", "年均里程", "km/year", "月里程"} {
		h, bad := readHeader([]string{"vin", "mileage_km", name})
		if bad != nil || h.index[record.ColMileageKM] != 1 || len(h.notes) != 1 || !strings.Contains(h.notes[0], "may be the distance of a year") {
			t.Errorf("%s: %+v, %v", name, h, bad)
		}
	}
}
