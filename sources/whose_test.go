package sources

import (
	"strings"
	"testing"
)

// What stands under the name of a group of something else is not of the vehicle as it is now, whatever its own name is.
func TestGroupsOfSomethingElse(t *testing.T) {
	t.Parallel()
	two := func(head, a, b string) string { return head + "\n" + a + "\n" + b + "\n" }
	plain := []string{"3 " + vinA + " 沪A12345", "4 " + vinB + " 沪A12346"}
	const ignored = " is ignored, since it stands under "
	checkFleets(t, map[string]fleetCase{
		"an old vehicle": {file: two("新车信息,,旧车信息,,\n车架号,车牌号,品牌,上牌日期,行驶里程", vinA+",沪A12345,大众,2015-03,120000", vinB+",沪A12346,大众,2016-03,90000"),
			want: plain, said: `column "上牌日期"` + ignored + `"旧车信息"|column "行驶里程"` + ignored + `"旧车信息"; if it is that of the vehicle as it is now, put mileage_km over it alone`},
		"in English": {file: two("Vehicle,,Trade-in,,\nVIN,Plate,Make,Mileage,Registration date", vinA+",沪A12345,VW,120000,2015-03", vinB+",沪A12346,VW,120000,2015-03"), want: plain, said: ignored + `"Trade-in"`},
		"a trailer":  {file: two("牵引车,,挂车,\n车牌号,车架号,挂车号,注册日期", "沪A12345,"+vinA+",沪B1234挂,2019-01", "沪A12346,"+vinB+",沪B1235挂,2018-01"), want: plain, said: ignored + `"挂车"`},
		"the VIN of one, the plate of another": {file: two("新车,,旧车,\n车架号,品牌,车牌号,里程", vinA+",大众,沪A12345,1", vinB+",大众,沪A12346,2"),
			err: `fleet:1: the plate stands under "旧车" and the vin does not, so a row may be of two vehicles`},
		"the old one is asked about": {file: two("旧车信息,,,新车信息,\n车架号,车牌号,行驶里程,品牌,颜色", vinA+",沪A12345,36200,大众,1", vinB+",沪A12346,36200,大众,2"),
			want: []string{"3 " + vinA + " 沪A12345 36200 1", "4 " + vinB + " 沪A12346 36200 2"}},
		"the last service":         {file: two("车架号,车牌号,上次保养,\n,,日期,里程", vinA+",沪A12345,2024-01-02,12000", vinB+",沪A12346,2024-01-02,13000"), want: plain, said: `column "里程"` + ignored + `"上次保养"`},
		"at the purchase":          {file: two("车架号,车牌号,购入时,,备注\n,,里程,价格,", vinA+",沪A12345,12000,10,", vinB+",沪A12346,13000,20,"), want: plain, said: ignored + `"购入时"`},
		"an owner":                 {file: two("车辆信息,,车主信息,,\n车架号,车牌号,姓名,注册日期,颜色", vinA+",沪A12345,张三,2001-01,1", vinB+",沪A12346,李四,2002-01,2"), want: []string{plain[0] + " 1", plain[1] + " 2"}, said: `column "注册日期"` + ignored + `"车主信息"`},
		"before the change":        {file: two("车架号,车牌号,变更前,,备注\n,,车牌号,发动机号,", vinA+",沪A12345,沪B12345,OLD1,x", vinB+",沪A12346,沪B12346,OLD2,x"), want: plain, said: `column "发动机号"` + ignored + `"变更前"`},
		"with a unit":              {file: two("车架号,车牌号,年检,\n,,时间,里程(万公里)", vinA+",沪A12345,2024,1.2", vinB+",沪A12346,2024,1.3"), want: plain, said: "put 行驶里程(万公里) over it alone"},
		"three rows":               {file: "清单,,,,\n车架号,车牌号,档案,,\n,,上次保养,,颜色\n,,日期,里程,\n" + vinA + ",沪A12345,2024,12000,1\n", want: []string{"5 " + vinA + " 沪A12345 1"}, said: ignored + `"上次保养"`},
		"and now":                  {file: two("车架号,车牌号,出车,,收车,\n,,时间,里程,时间,里程", vinA+",沪A12345,1,11000,2,12000", vinB+",沪A12346,1,11000,2,13000"), want: []string{plain[0] + " 12000", plain[1] + " 13000"}},
		"and one alone":            {file: two("车架号,车牌号,购入时,,当前里程\n,,时间,里程,", vinA+",沪A12345,1,11000,12000", vinB+",沪A12346,1,11000,13000"), want: []string{plain[0] + " 12000", plain[1] + " 13000"}},
		"and another time":         {file: two("车架号,车牌号,购入时,,过户时,\n,,时间,里程,时间,里程", vinA+",沪A12345,1,11000,2,12000", vinB+",沪A12346,1,11000,2,13000"), err: `two columns mean mileage_km, one under "购入时" and one under "过户时"`},
		"groups of the vehicle":    {file: two("车架号,车牌号,评估信息,,收购信息,\n,,颜色,上牌日期,里程,价格", vinA+",沪A12345,1,2019-01,12000,5", vinB+",沪A12346,1,2019-01,12000,5"), want: []string{plain[0] + " 2019-01 12000 1", plain[1] + " 2019-01 12000 1"}},
		"a title":                  {file: two("2026年度维修保养台账,,,\n车架号,车牌号,里程,上牌日期", vinA+",沪A12345,12000,2019-01", vinB+",沪A12346,12000,2019-01"), want: []string{plain[0] + " 2019-01 12000", plain[1] + " 2019-01 12000"}},
		"a title and a unit":       {file: two("客户维修中心,,,单位：公里\n车架号,车牌号,里程,注册日期", vinA+",沪A12345,12000,2019-01", vinB+",沪A12346,12000,2019-01"), want: []string{plain[0] + " 2019-01 12000", plain[1] + " 2019-01 12000"}},
		"a group over all of them": {file: two("客户车辆,,,\n车架号,车牌号,里程,注册日期", vinA+",沪A12345,12000,2019-01", vinB+",沪A12346,12000,2019-01"), want: []string{plain[0] + " 2019-01 12000", plain[1] + " 2019-01 12000"}},
	})
	checkSheets(t, map[string]fleetCase{
		"merged": {file: "车架号|车牌号|上次保养||颜色\n||日期|里程|\n" + vinA + "|沪A12345|=45000~yyyy-mm-dd|=12000|黑色\nmerge A1:A2 B1:B2 C1:D1 E1:E2", want: []string{"3 " + vinA + " 沪A12345 8"}, said: ignored + `"上次保养"`},
	})
}

// A VIN or a plate in several columns is not put together.
func TestNamesInParts(t *testing.T) {
	t.Parallel()
	checkFleets(t, map[string]fleetCase{
		"a VIN":        {file: "车架号,,发动机号\n前8位,后9位,\n" + vinA[:8] + "," + vinA[8:] + ",E1\n", err: `the vin stands in parts, in several columns under "车架号": "前8位", "后9位": put the parts together into one column vin`},
		"a plate":      {file: "车架号,车牌号,\n,省份,号码\n" + vinA + ",沪,A12345\n", err: `the plate stands in parts, in several columns under "车牌号"`},
		"a plate of 2": {file: "车架号,省份,车牌号\n" + vinA + ",沪,A12345\n" + vinB + ",粤,BD12345\n", want: []string{"2 " + vinA + " A12345 !plate", "3 " + vinB + " BD12345 !plate"}},
	})
	if _, err := PlateType("A12345"); err == nil || !strings.Contains(err.Error(), "write all of it into one column, such as 沪A12345") {
		t.Error(err)
	}
}
