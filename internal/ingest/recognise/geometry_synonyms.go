package recognise

// synonyms are labels as offices write them, beside those of the forms: table, what
// the label stands for, the labels. They are written simplified, without numbers
// and notes, which the lookup takes off anyway.
const synonyms = `
disclosure stub 信息内容 内容 项目名称 事项
disclosure group 第二十条第一项 第二十条第五项 第二十条第六项 第二十条第八项 第二十条第九项
disclosure row:disclosure.rules 规章制度
disclosure row:disclosure.normative 规范性文件 行政规范性文件 规范性档案 行政规范性档案
disclosure row:disclosure.license 行政许可事项
disclosure row:disclosure.other_service 其他对外管理服务 对外管理服务事项
disclosure row:disclosure.penalty 行政处罚事项
disclosure row:disclosure.coercion 行政强制事项 行政强制措施
disclosure row:disclosure.fee 行政事业性收费项目
disclosure row:disclosure.procurement 政府集中采购项目 集中采购
disclosure col:made 本年新 本年新制作数 本年度新制作数量 本年制作数量
disclosure col:published 本年新 本年新公开数 本年度新公开数量
disclosure col:public_total 对外公开总数
disclosure col:prior_items 上年项目数量 上一年项目数 上年度项目数量 上一年度项目数量
disclosure col:change 本年增减 本年增 本年度增减 增减 本年增减数量
disclosure col:decisions 处理决定数量 处理决定数 本年处理决定数 本年处理绝对数量 本年度处理决定数量
disclosure col:projects 采购项目数
disclosure col:amount 采购总额 采购金额 本年收费金额 收费金额 本年收费总金额 本年收费金额单位万元 采购总金额单位万元 采购总金额万元 本年度收费金额
disclosure col:issued 本年制发数 本年制发件 本年度制发件数 本年制发数量
disclosure col:repealed 本年废止数 本年废止件 本年度废止件数 本年废止数量
disclosure col:in_force 现行有效数 现行有效数量
requests stub 本列数据的勾稽关系为第一项加第二项之和等于第三项加第四项之和
requests parent 法人或其他组织 法人和其他组织 法人及其他组织 法人或者其他组织
requests stub 申请人情况
requests group 本年度办理结果 本年度办理情况 本年办理结果 办理结果
requests col:business 商业企业
requests col:research 科研院所 科研单位
requests col:nonprofit 社会公益性组织 公益组织 社会公益机构
requests col:legal 法律服务组织
requests col:total 合计
requests row:requests.new 本年新收申请数量 本年度新收政府信息公开申请数量 本年新收政府信息公开申请
requests row:requests.carried_in 上年结转申请数量 上年度结转政府信息公开申请数量 上一年结转政府信息公开申请数量 上年结转政府信息公开数量
requests row:outcome.granted 同意公开
requests row:outcome.partial 部分公开区分处理的只计这一情形不计其他情形 部分公开只计这一情形
requests row:outcome.denied.law_prohibits 其他法律法规禁止公开
requests row:outcome.denied.security_stability 危及国家安全公共安全经济安全社会稳定 危及国家安全公共安全经济安全和社会稳定
requests row:outcome.denied.internal_affairs 属于内部事务信息
requests row:outcome.denied.process 属于过程性信息
requests row:outcome.unavailable.not_held 本机关不掌握有关政府信息
requests row:outcome.unavailable.needs_creation 无现成信息需要另行制作
requests row:outcome.unavailable.unclear 补正后申请内容仍然不明确
requests row:outcome.unprocessed.reconfirm 要求确认或重新出具已获取信息
requests row:outcome.other.no_correction 逾期不补正 申请人逾期不补正
requests row:outcome.other.fee_unpaid 逾期不缴费 逾期未缴费 申请人逾期未缴费
requests row:outcome.other.rest 其他情形 其他情况
requests row:outcome.total 合计
requests row:requests.carried_out 结转下年继续办理 结转下年度办理 结转下一年度继续办理 结转下年度
appeals parent 行政诉讼
appeals row:review 行政复议
appeals row:suit_direct 未经行政复议直接起诉 未经复议直接诉讼
appeals row:suit_after_review 行政复议后起诉 复议后诉讼
appeals col:upheld 维持 维持结果
appeals col:corrected 纠正
appeals col:other 其他
appeals col:pending 未审结 尚未结案
appeals col:total 合计
statistics stub 指标名称 指标 统计指标 统计项目
statistics unit 单位 计量单位
statistics unit 条 件 次 篇 个 人 人次 万元 元
statistics col:count 统计数 统计数量 统计数据 数量 统计
statistics group 主动公开情况 通过不同渠道和方式公开政府信息的情况 回应解读情况 通过不同渠道和方式回应解读的情况 依申请公开情况 机构建设和保障经费情况 政府信息公开会议和培训情况
statistics row:replies.granted 同意公开数
statistics row:replies.partial 同意部分公开数
statistics row:replies.denied 不同意公开数
statistics row:replies.denied.not_government_information 不是条例所指政府信息数
statistics row:suit.upheld 维持具体行政行为数
statistics row:requests.closed 申请办结总数
statistics row:fees.collected 依申请公开收取的费用
statistics row:capacity.budget 政府信息公开工作专项经费
`
