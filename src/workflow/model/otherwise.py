"""What people write for the words of a policy: of other programs, of memos, and in Chinese."""

from __future__ import annotations

from collections.abc import Collection

_WRITTEN: dict[str, tuple[str, ...]] = {
    "when": ("if", "condition", "where", "only if", "provided", "条件", "如果", "当"),
    "amount": ("bonus", "payout", "sum", "金额", "奖金"),
    "rate": ("percent", "percentage", "commission", "commission rate", "比例", "提成比例", "费率"),
    "on": ("base", "basis", "of", "基数"),
    "by": ("according to", "depending on", "依据", "按"),
    "mode": ("type", "method", "方式", "模式"),
    "tiers": ("table", "bands", "brackets", "levels", "steps", "阶梯", "档位"),
    "title": ("name", "label", "description", "标题", "名称"),
    "cap": ("max", "maximum", "limit", "上限", "封顶"),
    "floor": ("min", "minimum", "guarantee", "下限", "保底"),
    "at most": ("max", "maximum", "limit", "最多", "不超过"),
    "at least": ("min", "minimum", "最少", "至少"),
    "from": ("since", "start", "starting", "起", "开始"),
    "until": ("to", "end", "止", "结束"),
    "owner": ("responsible", "author", "负责人"),
    "reason": ("why", "comment", "note", "原因", "理由"),
    "due": ("deadline", "within", "期限"),
    "measures": ("metrics", "kpis", "指标"),
    "values": ("variables", "formulas", "definitions", "变量", "公式"),
    "actions": ("triggers", "then", "措施", "动作"),
    "pay": ("payouts", "payments", "bonuses", "rules", "薪酬", "奖励"),
    "for": ("applies to", "scope", "eligible", "适用", "适用于"),
    "each": ("every", "period", "frequency", "周期"),
    "marginal": ("progressive", "sliced", "incremental", "分段", "分段计提", "超额累进", "累进", "边际"),
    "whole": ("all", "flat", "retroactive", "cumulative", "整体", "全额", "全额累进"),
    "interpolated": ("linear", "interpolation", "插值", "线性"),
    "quarter": ("季度", "季", "每季度", "每季"),
    "month": ("月", "月度", "每月"),
    "year": ("annual", "年", "年度", "每年", "全年"),
    "none": ("no", "without", "unlimited", "never", "无", "没有", "不封顶", "不设上限"),
    "at": ("on", "due at", "到期时间"),
    "notify": ("tell", "inform", "alert", "通知", "告知"),
    "remind": ("reminder", "提醒"),
    "any": ("all", "every", "everywhere", "任何", "任意", "所有"),
    "person": ("员工", "人员", "employee"),
}


def written_for(word: str, accepted: Collection[str]) -> str | None:
    """The only accepted word that people write in this other way; None where there is none, or several."""
    said = " ".join(word.lower().split())
    found = [meant for meant, others in _WRITTEN.items() if meant in accepted and said in others]
    return found[0] if len(found) == 1 else None
