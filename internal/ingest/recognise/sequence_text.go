package recognise

import (
	"sync"
	"unicode/utf8"
)

// seqTraditional pairs each traditional form with its simplified one, as far as
// the words of the forms and of the prose about them need it. 他 stands for 它 as
// well: both spell the same label.
const seqTraditional = "專专業业個个為为爲为舉举於于從从眾众衆众會会傳传體体減减務务動动辦办單单參参發发員员圍围國国" +
	"處处復复複复覆复對对屬属廢废應应開开強强當当徑径總总執执護护報报據据數数時时權权條条構构機机標标檔档" +
	"沒没決决況况濟济熱热點点現现確确種种穩稳類类糾纠納纳線线組组經经結结絡络統统繼继續续維维繳缴網网罰罚" +
	"職职輿舆範范獲获補补規规計计認认訓训議议許许訟讼設设訪访訴诉詢询請请讀读談谈負负責责購购費费過过這这" +
	"進进採采錯错門门聞闻閱阅閲阅隱隐項项題题額额駁驳織织關关轉转間间險险裡里裏里製制祕秘係系餘余萬万億亿" +
	"臺台號号價价無无別别審审廣广態态戶户顯显來来匯汇彙汇電电監监稱称約约級级終终聯联調调邊边運运違违長长" +
	"問问頒颁內内並并實实資资訊讯釋释檢检驗验準准緩缓歸归舊旧寫写論论證证誤误訂订記记試试該该說说説说誰谁" +
	"質质較较輕轻農农遲迟適适還还邀邀郵邮鄉乡鎮镇錄录鏈链陸陆隊队階阶隨随離离難难雲云靈灵預预領领頻频願愿" +
	"顧顾養养駐驻驅驱團团園园圖图學学導导層层島岛師师帶带幫帮庫库張张後后徵征憑凭戰战撥拨擁拥擴扩攜携斷断" +
	"暫暂極极樓楼樣样橋桥歷历歲岁氣气測测滿满漢汉灣湾災灾爭争產产異异療疗盡尽碼码禮礼積积窮穷筆笔節节築筑" +
	"簡简籤签簽签紀纪純纯紙纸細细紹绍給给絕绝綜综緊紧編编縣县績绩繁繁羅罗義义習习聖圣聲声聽听肅肃膽胆與与" +
	"興兴艱艰萊莱著着蓋盖藝艺藥药術术衛卫裝装覺觉覽览觀观訖讫託托詳详誌志誠诚課课諮咨講讲譯译讓让豐丰貧贫" +
	"貨货販贩貫贯貼贴買买貿贸賀贺賃赁賓宾賞赏賠赔賢贤賣卖賦赋賬账賴赖贈赠趙赵趕赶躍跃車车軌轨軍军軟软載载" +
	"輔辅輛辆輝辉輪轮輯辑輸输辯辩連连週周遊游達达遠远遷迁選选遺遗鄰邻鄭郑醫医針针鉤钩銀银銷销鋪铺鋼钢鍵键" +
	"鐘钟鑒鉴閃闪閉闭閒闲閣阁陣阵陰阴陳陈陽阳際际雖虽雙双雜杂靜静響响頁页頂顶順顺須须顆颗飛飞飲饮飯饭館馆" +
	"馬马騙骗騰腾驚惊魚鱼鮮鲜鳥鸟麗丽麥麦黃黄黨党齊齐齡龄龍龙兩两幾几億亿劃划勞劳勢势區区協协卻却厲厉變变" +
	"響响啟启喚唤嘗尝嚴严囑嘱圓圆執执堅坚塊块墊垫場场壓压壞坏壯壮夠够夥伙夾夹奪夺奮奋婦妇寧宁寬宽尋寻專专" +
	"將将屆届崗岗幣币幹干庄庄廈厦廠厂廳厅彈弹徹彻恆恒惡恶愛爱慣惯慮虑憂忧憲宪懷怀懸悬戲戏扎扎掃扫掛挂揀拣" +
	"揚扬換换損损搶抢摟搂撈捞撓挠擇择擊击擔担擬拟攝摄敗败敘叙敵敌旗旗晉晋晝昼曉晓曬晒書书會会朧胧東东柵栅" +
	"桿杆棄弃棟栋楊杨業业榮荣槍枪樂乐樹树橫横檯台歐欧歡欢殘残毀毁氫氢汙污淚泪淨净減减渦涡溝沟滅灭滯滞漁渔" +
	"潔洁潛潜濃浓濕湿瀏浏燈灯燒烧營营爐炉爺爷牆墙犧牺狀状獎奖獨独環环瓊琼畝亩畢毕畫画瘋疯盤盘睜睁矯矫礎础" +
	"礙碍祿禄秋秋稅税穀谷競竞籃篮糧粮紅红紛纷練练縮缩罷罢舖铺艦舰荒荒莊庄華华葉叶蔣蒋薦荐蘇苏虛虚虧亏補补" +
	"佈布曆历査查産产眞真硏研穫获箇个綫线註注関关迴回捲卷它他"

// seqFold returns the simplified form of every Han character of the basic block,
// by its distance from U+4E00.
var seqFold = sync.OnceValue(func() *[seqHanCount]rune {
	table := new([seqHanCount]rune)
	for i := range table {
		table[i] = seqHanFirst + rune(i)
	}
	var from rune
	for _, r := range seqTraditional {
		if from == 0 {
			from = r
			continue
		}
		table[from-seqHanFirst], from = r, 0
	}
	return table
})

const (
	seqHanFirst = 0x4e00
	seqHanCount = 0x9fff - 0x4e00 + 1
	// seqLongest is the length in bytes beyond which a text is prose and no label.
	seqLongest = 420
)

// A seqKey is a label reduced to what its spelling cannot change: simplified Han
// characters, without the number in front and without punctuation. brief leaves
// out bracketed notes as well.
type seqKey struct {
	full, brief []byte
	number      int // 3 of 3.其他 and of （三）不予公开, 0 without one
}

// seqKeyOf reduces a text to its key, in the buffers given. A text that is too
// long for a label has the empty key.
func seqKeyOf(text string, full, brief []byte) seqKey {
	key := seqKey{full: full[:0], brief: brief[:0]}
	if len(text) > seqLongest {
		return key
	}
	text, key.number = seqCutNumber(text)
	fold := seqFold()
	depth := 0
	for _, r := range text {
		switch {
		case r >= seqHanFirst && r < seqHanFirst+seqHanCount:
			r = fold[r-seqHanFirst]
			key.full = utf8.AppendRune(key.full, r)
			if depth == 0 {
				key.brief = utf8.AppendRune(key.brief, r)
			}
		case seqOpens(r) && len(key.full) > 0:
			depth++
		case seqCloses(r) && depth > 0:
			depth--
		}
	}
	return key
}

func seqOpens(r rune) bool {
	return r == '（' || r == '(' || r == '【' || r == '[' || r == '〔'
}

func seqCloses(r rune) bool {
	return r == '）' || r == ')' || r == '】' || r == ']' || r == '〕'
}

// seqCutNumber cuts the number in front of a label, in any of the ways of writing
// one: 一、 （一） 1. １） (1) and a digit alone.
func seqCutNumber(text string) (rest string, number int) {
	opened, sawHan := false, false
	for i, r := range text {
		digit, han := seqDigit(r), seqHanDigit(r)
		switch {
		case seqSpace(r):
		case number == 0 && !opened && seqOpens(r):
			opened = true
		case digit >= 0 && !sawHan:
			number = number*10 + digit
			if number > 99 {
				return text, 0
			}
		case han > 0 && (number == 0 || sawHan):
			sawHan = true
			if han == 10 && number > 0 {
				number *= 10
			} else {
				number += han
			}
		case number > 0 && sawHan && !seqStops(r):
			return text, 0 // 三类内部事务 begins with a numeral and has no number
		case number > 0:
			return text[i:], number
		default:
			return text, 0
		}
	}
	return text, 0
}

// seqStops reports whether r may stand behind a Han number in front of a label.
func seqStops(r rune) bool {
	return r == '、' || r == '．' || r == '.' || r == '，' || r == ',' || r == '：' || r == ':' || seqCloses(r)
}

func seqDigit(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	}
	return -1
}

func seqHanDigit(r rune) int {
	switch r {
	case '一':
		return 1
	case '二':
		return 2
	case '三':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	case '十':
		return 10
	}
	return 0
}

// seqSpace reports whether r is white space or a mark of no width.
func seqSpace(r rune) bool {
	switch r {
	case ' ', '\n', '\t', '\r', '\v', '\f', 0xa0, 0x3000, 0xfeff, 0x200b, 0x200c, 0x200d, 0x2060, 0x202f, 0x205f, 0xad:
		return true
	}
	return r >= 0x2000 && r <= 0x200a
}
