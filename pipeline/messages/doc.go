// Package messages is the catalogue of what the program says to people, in
// every language: the screen, the next steps of failures, and the report. Each
// message stands in all languages side by side under a stable name.
//
// Codes stay as they are in every language (statuses, classes, names of columns
// and of JSON keys, commands and flags).
// Reasons, remarks and notes are made and kept in English elsewhere: Printer.Word
// words them in another language where they are shown, and Printer.Error an error
// that ends a command, Printer.Help a text of the help.
//
// The words of the trade, the same everywhere:
//
//	answer            结果            plate             车牌号
//	bill              账单            ran back          回退（里程）
//	charged           已扣费          reserved          预占
//	dataset           数据集          row               行
//	failure ledger    失败台账        run               批次
//	halted            已暂停          spent             花费
//	in doubt          待核实          ticket            单号
//	ledger            账本            used again        复用
//	lookup            查询            valuation         估值
//	maintenance       维修保养        vehicle           车辆
//	next step         处理办法        vendor            供应商
//	not billed        未扣费          VIN               车架号
//	order             订单, 下单      violation         违章
//	outputs           输出文件        visit             进店
//	parked            挂起            workspace         工作区
package messages
