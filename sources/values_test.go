package sources_test

import (
	"testing"

	"vehiclebatch/pipeline/record"
	"vehiclebatch/sources"
)

func TestParseMonth(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"2022-01", "2022-1", "2022-01-15", "2022/1", "2022/01/15", "2022.1", "2022年1月", "2022年01月15日",
		"202201", "20220115", "２０２２－０１", "202201.0", "20220115.0", "2022-01-15 00:00:00", "2022/1/15 0:00", "2022-01-15T08:30:00",
		"2022 年 1 月 15 日", "2022年1月份", "2022年01月15号", "2022.01.", "2022.1.15.", "22年1月", "22年01月15日", "2022\n-01", "2022 01", "1/2022", "2022年1月上牌", "二〇二二年一月", "二零二二年一月十五日", "2022年1月15日 08:30"} {
		if got, err := sources.ParseMonth(in); err != nil || got != "2022-01" {
			t.Errorf("ParseMonth(%q) = %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]string{"2021-12-31T16:00:00.000Z": "2022-01", "2021-12-31T15:59:59Z": "2021-12", "2022-01-31 18:00:00 UTC": "2022-02",
		"2022-01-15T00:00:00+08:00": "2022-01", "2022-01-01 00:00:00+0800": "2022-01", "2022-01-31T20:00-05:00": "2022-02",
		"2019-03-15 00:00:00+00": "2019-03", "2021-12-31 16:00:00+00": "2022-01", "2022-01-01 00:00:00.123+08": "2022-01",
		"2016年02月29号": "2016-02", "二〇一四年十月三十一日": "2014-10", "二〇一四年十二月": "2014-12", "二〇一四年二十月": "", "99年12月": "1999-12", "69年12月": "2069-12", "13/2011": "", "2022": "", "Nov-11": "", "12-7": "", "2022年": "", "3年2月": "", "2022年2月30号": ""} {
		if got, err := sources.ParseMonth(in); (err == nil) != (want != "") || got != want {
			t.Errorf("ParseMonth(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"2022-02-30T00:00:00Z", "2022-01-15T25:00:00Z", "2022-01-15Z"} {
		_, err := sources.ParseMonth(in)
		checkError(t, "ParseMonth("+in+")", err, "the month is")
	}
	if got, err := sources.ParseMonth("1970-02"); err != nil || got != sources.FirstMonth {
		t.Errorf("the first month is %q, %v", got, err)
	}
	for in, want := range map[string]string{
		"2022-13": "calendar", "2022-00": "calendar", "2022-02-30": "calendar", "0022-01": "before 1970-02", "1900-01": "before 1970-02", "1899-12-30": "before 1970-02",
		"1904-01-01": "before 1970-02", "1970-01-01": "before 1970-02", "1921年5月": "before 1970-02", "0001-01-01": "before 1970-02", "0000-00-00": "calendar", "2022-01-00": "calendar",
		"44562": "day number", "44562.5": "day number", "2022": "2022-01", "Jan-22": "2022-01", "1/15/2022": "2022-01", "": "2022-01",
	} {
		_, err := sources.ParseMonth(in)
		checkError(t, "ParseMonth("+in+")", err, want)
	}
}

func TestParseCode(t *testing.T) {
	t.Parallel()
	tops := map[string]string{record.ColTransfers: "99", record.ColColor: "12", record.ColAccident: "3", record.ColAppearance: "4",
		record.ColInterior: "3", record.ColElectrical: "2", record.ColEngine: "4"}
	over := map[string]string{"99": "100", "12": "13", "3": "4", "4": "5", "2": "3"}
	for column, top := range tops {
		for _, in := range []string{"0", top} {
			if got, err := sources.ParseCode(column, in); err != nil || got != in {
				t.Errorf("%s %s: %q, %v", column, in, got, err)
			}
		}
		for _, in := range []string{over[top], "-1", "+1", "1.5", "1.", ".0", "x", "", "001"} {
			_, err := sources.ParseCode(column, in)
			checkError(t, column+" "+in, err, "from 0 to "+top)
		}
	}
	for in, want := range map[string]string{"米色": "0", "白色": "1", "白": "1", "灰色": "2", "红色": "3", "棕色": "4", "蓝色": "5", "黄色": "6",
		"紫色": "7", "黑色": "8", "橙色": "9", "银色": "10", "金色": "11", "绿色": "12", "02": "2", "１": "1", "1.0": "1", "12.000": "12"} {
		if got, err := sources.ParseCode(record.ColColor, in); err != nil || got != want {
			t.Errorf("colour %s: %q, %v", in, got, err)
		}
	}
	_, err := sources.ParseCode(record.ColInterior, "白色")
	checkError(t, "a colour of the interior", err, "from 0 to 3")
}

func TestCheckURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://img.example.com/a/B.jpg?x=1": "", "http://127.0.0.1:8080/x": "",
		"ftp://example.com/a": "http", "/a.jpg": "http", "img.example.com/a.jpg": "http", "https://": "http", "C:\\a.jpg": "http", "http://[": "http",
	} {
		checkError(t, "CheckURL("+in+")", sources.CheckURL(in), want)
	}
}
