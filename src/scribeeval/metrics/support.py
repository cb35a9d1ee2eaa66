"""Support: the share of a note's statements that the transcript holds."""
from collections.abc import Mapping
from functools import lru_cache
from scribeeval.metrics.base import Counts, Metric, ratio
from scribeeval.metrics.contradictions import contradictions
from scribeeval.metrics.grounding import own_statements, ground, index_note, index_transcript
from scribeeval.metrics.talk import read_talk
from scribeeval.records import Finding, Pair, Evidence
from scribeeval.terms import CLINICAL_LEXICON

INVENTED = 0.1

def count_statements(pair: Pair) -> Counts:
    shares = [g.share for g in ground(pair.hypothesis, pair.source or "") if g.share is not None]
    return Counts({"held": sum(shares), "statements": len(shares), "ungrounded": sum(s<.7 for s in shares)})

def find_unsupported(pair: Pair) -> tuple[Finding, ...]:
    if not pair.source: return ()
    note, there = index_note(pair.hypothesis), index_transcript(pair.source)
    out=[]
    def finding(start,end,kind,sugg,segs):
        ev=tuple(Evidence("source",a,b,pair.source[a:b]) for a,b in segs)
        return Finding(pair.visit_id,"support",kind,"hypothesis",start,end,pair.hypothesis[start:end],"moderate",sugg,ev)
    for c in contradictions(note, [x.section for x in own_statements(pair.hypothesis)], read_talk(there, pair.hypothesis)):
        out.append(finding(c.start,c.end,c.kind,c.suggestion,[c.said]))
    for g in ground(pair.hypothesis,pair.source):
        if g.share is not None and g.share<INVENTED and not any(g.start<=f.start<g.end for f in out):
            out.append(finding(g.start,g.end,"invented_fact",None,g.evidence))
    return tuple(sorted(out,key=lambda f:(f.start,f.end,f.kind)))

def share_held(counts: Mapping[str, int | float]) -> float | None:
    return ratio(counts["held"], counts["statements"])

METRIC = Metric(name="support", title="Share of the draft's statements that the transcript holds", compares="content",
  higher_is_better=True, unit="share", settings={"lexicon": CLINICAL_LEXICON}, count=count_statements, value=share_held, find=find_unsupported)
