package simulator

// kind is what a visit to the workshop was for.
type kind uint8

const (
	serviceVisit kind = iota
	repairVisit
	bodyworkVisit
	inspectionVisit
	accidentVisit // bodywork on structural parts
)

// work is one line of an order of the workshop and the parts that it takes.
type work struct {
	text      string
	parts     string
	component bool // on an important component
}

// works is read only.
var works = [...][]work{
	serviceVisit: {
		{"换机油机滤常规保养检查(附表)", "机油滤清器:1; 全合成机油 5W-30:4; 放油螺栓垫片:1; ", false},
		{"更换机油机滤常规保养", "机油滤清器滤芯:1; Edge Professional E 0W-20:5; 放油螺栓:1; ", false},
		{"更换空气滤清器", "空气滤清器滤芯:1; ", false},
		{"更换空调滤清器", "空调滤清器:1; ", false},
		{"更换空滤 清洁空调滤", "空气滤清器:1; ", false},
		{"更换汽油滤清器", "汽油滤清器:1; ", false},
		{"更换火花塞", "火花塞:4; ", false},
		{"更换刹车油", "制动液 DOT4:2; ", false},
		{"更换防冻液", "防冻液:2; ", false},
		{"清洗节气门(含匹配)", "节气门清洗剂:1; ", false},
		{"油路清洁养护", "燃油系统清洗剂:1; ", false},
		{"四轮动平衡(含免费冲氮气)", "平衡块:4; ", false},
		{"四轮定位", "", false},
		{"轮胎换位", "", false},
		{"空调系统杀菌除味", "空调清洗剂:1; ", false},
		{"基础保养服务包(工时)", "", false},
		{"检查底盘各部件紧固情况", "", false},
		{"保养灯归零", "", false},
	},
	repairVisit: {
		{"更换前刹车片", "前制动片套件:1; ", false},
		{"更换后刹车片及刹车盘", "后制动片套件:1; 后制动盘:2; ", false},
		{"更换蓄电池", "蓄电池 70AH:1; ", false},
		{"更换左前轮胎", "轮胎 225/50R17:1; 气门嘴:1; ", false},
		{"右前门打不开(更换右前门锁块)", "车门锁:1; 螺母:2; 锂电池:1; ", false},
		{"仪表提示胎压异常 重新设置", "", false},
		{"空调不制冷 加注制冷剂", "制冷剂 R134a:2; ", false},
		{"更换雨刮片", "雨刮片:2; ", false},
		{"更换左前减震器", "减震器:1; 螺栓:2; 螺母:2; ", true},
		{"更换变速箱油及滤芯", "变速箱油:6; 变速箱油底壳沉淀盘:1; ", true},
		{"更换发动机冷却水泵", "发动机冷却水泵:1; 水泵密封垫:2; 防冻液:2; ", true},
		{"更换正时皮带套件", "正时皮带套件:1; 张紧轮:1; ", true},
		{"发动机故障灯亮 更换氧传感器", "氧传感器:1; ", true},
		{"更换变速箱机电单元", "机电单元总成:1; 双离合器油:2; ", true},
		{"向右打方向时有异响 更换转向横拉杆", "转向横拉杆:1; 锁紧螺母:1; ", true},
		{"更换发动机气门室盖垫(渗油)", "气门室盖垫:1; 密封胶:1; ", true},
		{"更换半轴防尘套", "半轴防尘套套件:1; SHAFT AND CV-JOINT:1; ", true},
		{"倒车影像无显示 检查线束", "", false},
		{"召回活动 升级发动机控制单元软件", "", false},
		{"客户反映加速时底盘有异响", "", false},
	},
	bodyworkVisit: {
		{"前保险杠拆装 喷漆", "前保险杠卡扣:6; 油漆材料:1; ", false},
		{"后保险杠喷漆", "油漆材料:1; ", false},
		{"左前门钣金喷漆", "原子灰:1; 油漆材料:1; ", false},
		{"右后叶子板钣金喷漆", "原子灰:1; 油漆材料:1; ", false},
		{"更换左前大灯", "左前大灯总成:1; ", false},
		{"更换右侧后视镜总成", "右外后视镜总成:1; ", false},
		{"更换前风挡玻璃", "挡风玻璃:1; 玻璃胶:2; ", false},
		{"发动机舱盖喷漆", "油漆材料:1; ", false},
	},
	inspectionVisit: {
		{"新车交车前检查 PDI", "", false},
		{"免费全车检测", "", false},
		{"年审前检查", "", false},
		{"购买2个后拖车钩盖板卡子 不退不换", "塑料螺钉:2; ", false},
		{"安装行车记录仪", "行车记录仪:1; ", false},
		{"秋季活动免费检测", "", false},
	},
	accidentVisit: {
		{"前部事故拆检更换前杠前杠线束", "前保险杠总成:1; 前杠线束:1; 前保险杠骨架:1; ", true},
		{"左前纵梁校正", "", true},
		{"更换水箱框架总成", "水箱框架总成:1; 散热器:1; 冷凝器:1; ", true},
		{"更换右前安全气囊", "安全气囊总成:1; 气囊控制单元:1; ", true},
		{"右侧B柱切割焊接", "B柱加强板:1; 焊接材料:1; ", true},
		{"后围板钣金修复", "后围板:1; ", true},
		{"更换左前大灯 左前叶子板", "左前大灯总成:1; 左前叶子板:1; ", false},
	},
}

// headings open the text of an order, by kind.
var headings = [...][]string{
	serviceVisit:    {"常规保养; ", "常规保养; 保养; ", ""},
	repairVisit:     {"一般维修; ", "一般维修; ", ""},
	bodyworkVisit:   {"钣金喷漆; "},
	inspectionVisit: {"", "FSA Q323; ", "全车检查; "},
	accidentVisit:   {"钣金喷漆; 事故维修; "},
}

var mechanics = []string{"李云龙", "王建国", "张伟", "刘洋", "陈志强", "赵敏", "欧阳海", "孙丽"}

var accidentReasons = []string{"左前大灯;", "左前纵梁;水箱框架;", "安全气囊;", "右侧B柱;", "后围板;后备箱底板;"}
