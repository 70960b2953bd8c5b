package config_test

import (
	"testing"

	"vehiclebatch/cmd/batch/config"
	"vehiclebatch/pipeline/record"
)

func TestStatementNamesColumns(t *testing.T) {
	t.Parallel()
	c := mustParse(t, `vendors:
  tencent:
    secret_id: '${TENCENT_SECRET_ID}'
    secret_key: '${TENCENT_SECRET_KEY}'
    statement: {time: 扣费时间, vin: 车架号, plate: 车牌号, ticket: 0012, amount: 金额(元), dataset: 接口, refund: 退款, direction: 收支, type: 类型, status: 状态, charges: negative, maintenance: product 170}
`)
	equal(t, "statement", c.Vendors[0].Statement, config.Statement{Time: "扣费时间", VIN: "车架号", Plate: "车牌号", Ticket: "0012", Amount: "金额(元)",
		Dataset: "接口", Refund: "退款", Direction: "收支", Type: "类型", Status: "状态", Charges: "negative", Names: map[record.Dataset]string{maintenance: "product 170"}})
}
