"""The words that features count. Two words joined by `_` are a pair that stands together."""

from __future__ import annotations

OPENERS: dict[str, str] = {
    "opens_with_fact": """what what's who when where which is are was were does did do tell""",
    "opens_with_how": "how why",
    "opens_with_make": "write create make generate compose draft produce give come",
    "opens_with_build": """build implement develop design code program plan propose fix debug
        refactor optimize optimise""",
    "opens_with_reason": """calculate compute solve prove derive find determine estimate analyze
        analyse compare evaluate explain discuss""",
    "opens_with_edit": """rewrite rephrase translate summarize summarise correct paraphrase shorten
        proofread improve convert""",
    "opens_with_list": "list name suggest recommend provide show",
    "opens_with_role": "you you're act imagine pretend as let's ignore",
    "opens_with_greeting": "hi hello hey thanks thank good hola bonjour yo",
}
"""What the first word of a prompt, after any politeness, says about what is asked."""

TOPICS: dict[str, str] = {
    "constraints": """must should shall at_most at_least without only exactly no_more less_than
        more_than between ensure make_sure include including avoid do_not don't cannot can't
        except instead limit limited require required requires need needs needed max maximum min
        minimum each every format using assume given suppose""",
    "steps": """step steps first firstly then next finally second after_that also additionally
        part""",
    "weighing": """compare versus vs trade-off trade-offs tradeoff tradeoffs pros_and difference
        differences better best worth which_one which_of advantage advantages justify critique
        evaluate assess recommend""",
    "reasons": """why because explain reason reasons reasoning cause causes caused prove proof
        derive how_do how_does how_can how_could how_would how_should how_to how_many what_if""",
    "conditions": """if when unless while whether until but however although even_though
        otherwise""",
    "invention": """story stories poem poetry song lyric lyrics novel fiction character scene joke
        funny creative original haiku rap script screenplay dialogue slogan names_for idea ideas
        invent imagine brainstorm fantasy game style_of plot episode chapter design""",
    "work": """company customer customers client clients business project team budget deadline
        market marketing email e-mail emails manager employee employees product products
        production startup website app report invoice contract patient patients student students
        boss job landlord doctor kid kids""",
    "first_person": "i i'm i've i'd my me we our us mine",
    "software": """code function python java javascript typescript c++ c# sql api server database
        linux docker kubernetes react html css bash script algorithm array class query error bug
        exception compile compiler deploy deployment git aws json regex excel powershell program
        implement implementation thread memory cpu gpu""",
    "science": """equation theorem matrix probability integral derivative velocity energy force
        voltage current molecule molecules molecular protein proteins gene genes genetic cell
        cells reaction temperature pressure quantum mass statistics statistical regression
        distribution variance physics chemistry biology dose diagnosis treatment clinical theory
        hypothesis model learning network neural optimization optimize linear vector function""",
    "society": """law legal court tax taxes interest loan invest investment investing stock stocks
        economy economic economics inflation policy policies history historical philosophy
        philosophical ethics ethical politics political war empire religion religious psychology
        psychological culture cultural literature linguistics constitution constitutional""",
}
"""Words whose number, saturating, is a feature each."""
