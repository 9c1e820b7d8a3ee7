"""Every language that people may write in has letters on paper: embedded, ours, and none of them a box."""

import io
import re
from hashlib import sha256
from typing import Any

import pikepdf
import pytest
from django.conf import settings
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from pypdf import PdfReader

from documents import press
from documents.pdf import render_pdf
from tests.documents.test_pdf import page
from web.templatetags.thread import said

# One sentence of each language that people may write in, with the letters that its neighbours lack.
SENTENCES = {
    "en": "Workers are paid at least the legal wage, “every month”: £1, €2 – 50%…",
    "am": "ሠራተኞች በየወሩ ደመወዛቸውን ይቀበላሉ።",
    "ar": "يتقاضى العمال أجورهم كل شهر، بلا خصم؛ أليس كذلك؟",
    "bn": "শ্রমিকেরা প্রতি মাসে ন্যায্য মজুরি পান। ক্ষ্ম ৎ ড়",
    "my": "အလုပ်သမားများသည် လစဉ် လုပ်ခ ရရှိသည်။",
    "zh-hans": "工人每月按时领取工资，没有扣款。",
    "zh-hant": "工人每個月準時領取薪資，沒有扣款。",
    "nl": "Werknemers krijgen elke maand hun loon; één keer per jaar een coëfficiënt.",
    "fil": "Natatanggap ng mga manggagawa ang sahod buwan-buwan, kasama ang piñatas.",
    "fr": "Les salariés reçoivent leur dû chaque mois : cœur, façade, « où ? »",
    "de": "Die Beschäftigten erhalten ihren Lohn pünktlich, größtenteils übertariflich.",
    "el": "Οι εργαζόμενοι πληρώνονται κάθε μήνα, χωρίς κρατήσεις.",
    "gu": "કામદારોને દર મહિને વેતન મળે છે. ક્ષ જ્ઞ",
    "he": "העובדים מקבלים שכר בכל חודש.",
    "hi": "मज़दूरों को हर महीने वेतन मिलता है। क्षत्रिय",
    "id": "Para pekerja menerima upah setiap bulan.",
    "it": "I lavoratori ricevono il salario ogni mese, cioè è più sicuro.",
    "ja": "労働者は毎月、賃金を受け取ります。カタカナ「働」。",
    "kn": "ಕಾರ್ಮಿಕರಿಗೆ ಪ್ರತಿ ತಿಂಗಳು ವೇತನ ಸಿಗುತ್ತದೆ. ಕ್ಷ",
    "km": "កម្មករទទួលបានប្រាក់ឈ្នួលរៀងរាល់ខែ។",
    "ko": "노동자들은 매달 임금을 받습니다. 쌌뷁",
    "lo": "ພະນັກງານໄດ້ຮັບຄ່າແຮງທຸກເດືອນ.",
    "ms": "Pekerja menerima gaji setiap bulan.",
    "ml": "തൊഴിലാളികൾക്ക് എല്ലാ മാസവും കൂലി ലഭിക്കുന്നു.",
    "mr": "कामगारांना दर महिन्याला पगार मिळतो. ळ",
    "ne": "कामदारहरूले हरेक महिना ज्याला पाउँछन्।",
    "fa": "کارگران هر ماه دستمزد می‌گیرند؛ پ چ ژ گ ۱۲۳",
    "pl": "Pracownicy dostają płacę co miesiąc: żółć, gęś, ćma.",
    "pt": "Os trabalhadores recebem o salário todos os meses, sem dedução: não é?",
    "pa": "ਕਾਮਿਆਂ ਨੂੰ ਹਰ ਮਹੀਨੇ ਤਨਖ਼ਾਹ ਮਿਲਦੀ ਹੈ। ੴ",
    "ro": "Lucrătorii își primesc salariul în fiecare lună, fără rețineri.",
    "ru": "Работники получают зарплату каждый месяц, объём – ещё выше.",
    "sr": "Радници примају плату сваког месеца. Ђ ћ љ њ џ",
    "si": "සේවකයන්ට සෑම මසකම වැටුප් ලැබේ. ක්‍ෂ",
    "so": "Shaqaaluhu waxay mushaharka qaataan bil kasta.",
    "es": "Las personas reciben su salario cada mes, ¿sí? ¡Mañana!",
    "sw": "Wafanyakazi hupokea mshahara kila mwezi.",
    "ta": "தொழிலாளர்கள் ஒவ்வொரு மாதமும் ஊதியம் பெறுகிறார்கள். க்ஷ",
    "te": "కార్మికులకు ప్రతి నెలా వేతనం అందుతుంది. క్ష",
    "th": "คนงานได้รับค่าจ้างทุกเดือน ไม่มีการหักเงินที่ผิดกฎหมาย ปู่ ผู้",
    "tr": "Çalışanlar ücretlerini her ay alır: ığüşöç İ.",
    "uk": "Працівники отримують зарплату щомісяця. Ґ є ї і",
    "ur": "مزدوروں کو ہر مہینے اجرت ملتی ہے۔ ٹ ڈ ڑ ں ے ھ ۓ",
    "vi": "Người lao động nhận lương hằng tháng, đầy đủ: ữ ẵ ệ ợ ỹ ₫.",
}
# Letters without a face here; they show that the test would see a box.
NOBODY_HAS = "\U00012000\U00012001"


def fonts_of(data: bytes) -> dict[str, bool]:
    """Return the fonts of the first page, and whether the file brings each along."""
    with pikepdf.open(io.BytesIO(data)) as opened:
        found = {}
        for font in opened.pages[0].Resources.Font.as_dict().values():
            one = font.DescendantFonts[0]
            kept = {"/FontFile", "/FontFile2", "/FontFile3"} & set(one.FontDescriptor.keys())
            found[str(one.BaseFont).partition("+")[2]] = bool(kept)
        return found


def boxes_of(data: bytes) -> int:
    """Count the glyphs of a first page that stand for a letter which no font has: none, or beyond the font's last."""
    count = 0
    with pikepdf.open(io.BytesIO(data)) as opened:
        first = opened.pages[0]
        last = {name: glyphs_of(font) for name, font in first.Resources.Font.as_dict().items()}
        font = ""
        for operands, operator in pikepdf.parse_content_stream(first):  # type: ignore[misc]
            if str(operator) == "Tf":
                font = str(operands[0])
            pieces: Any = operands[0] if str(operator) == "TJ" else operands if str(operator) == "Tj" else ()
            for raw in (bytes(one) for one in pieces if isinstance(one, pikepdf.String)):
                glyphs = [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
                count += sum(not 0 < glyph < last[font] for glyph in glyphs)
    return count


def glyphs_of(font: Any) -> int:
    """Return how many glyphs an embedded font has."""
    descriptor = font.DescendantFonts[0].FontDescriptor
    name = next(one for one in ("/FontFile2", "/FontFile3", "/FontFile") if one in descriptor)
    return len(TTFont(io.BytesIO(descriptor[name].read_bytes())).getGlyphOrder())


def test_every_language_people_may_write_in_is_tried() -> None:
    assert set(SENTENCES) == set(settings.WRITING_LANGUAGES)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_pdf_has_every_letter_of_a_language(language: str) -> None:
    data = render_pdf(
        page(f"<h2>{said(SENTENCES[language], language)}</h2><p>{said(SENTENCES[language])}</p>")
    )
    fonts = fonts_of(data)
    assert all(fonts.values()), fonts
    assert [name for name in fonts if not name.startswith(("Inter", "Noto-Sans"))] == []
    assert boxes_of(data) == 0


def test_a_letter_that_no_font_has_would_be_seen() -> None:
    assert boxes_of(render_pdf(page(f"<p>{NOBODY_HAS}</p>"))) == len(NOBODY_HAS)


@pytest.mark.parametrize(("language", "face"), [("zh-hans", "SC"), ("zh-hant", "TC"), ("ja", "JP")])
def test_one_character_takes_the_shape_of_its_language(language: str, face: str) -> None:
    names = fonts_of(render_pdf(page(f"<p>{said('骨直今', language)}</p>")))
    assert any(name.startswith(f"Noto-Sans-{face}") for name in names), names


def test_a_page_loads_the_faces_of_its_scripts_only() -> None:
    families = {
        text: re.findall('font-family: "([^"]+)"', press.font_faces(text))
        for text in ("Abc", "中国", "臺灣", "ไทย")
    }
    assert set(families["Abc"]) == {"Inter"}
    assert set(families["中国"]) == {"Inter", "Noto Sans SC", "Noto Sans Han More"}
    assert set(families["臺灣"]) == {"Inter", "Noto Sans TC", "Noto Sans Han More"}
    assert "Noto Sans Thai" in families["ไทย"]
    assert not [one for one in families["ไทย"] if "Noto" in one and "Thai" not in one]


def test_all_languages_fit_one_page_in_time_and_memory() -> None:
    rows = "".join(f"<p>{said(text, language)}</p>" for language, text in SENTENCES.items())
    data = render_pdf(page(rows))
    assert len(PdfReader(io.BytesIO(data)).pages) >= 1
    assert boxes_of(data) == 0


def test_print_fonts_are_those_of_the_list_with_their_licences() -> None:
    lines = (press.FONTS / "SHA256SUMS").read_text().splitlines()
    said_sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {path.name: sha256(path.read_bytes()).hexdigest() for path in press.FONTS.glob("*.woff*")}
    assert found == said_sums
    families = {re.sub(r"-(?:400|600)-normal\.woff2?", "", name) for name in found}
    assert {file for _family, file, _script in press.FACES} == families
    for file in families:
        licence = "LICENSE-inter" if file.startswith("inter") else f"LICENSE-{file}"
        assert "SIL Open Font License" in (press.FONTS / licence).read_text().replace(
            "OPEN FONT LICENSE", "Open Font License"
        )


@pytest.mark.parametrize(
    ("file", "encoding", "last"),
    [("noto-sans-sc", "gb2312", 0xF7), ("noto-sans-tc", "big5", 0xC6), ("noto-sans-jp", "shift_jis", 0xEA)],
)
def test_the_characters_of_a_national_set_are_in_its_font_or_the_one_of_rare_ones(
    file: str, encoding: str, last: int
) -> None:
    held = {
        code
        for name in (file, "noto-sans-han-more")
        for code in TTFont(press.FONTS / f"{name}-400-normal.woff").getBestCmap()
    }
    wanted = {chr(code) for code in range(0x4E00, 0xA000)} | set("、。「」《》，！？；：（）％～０Ａ")
    encoded = {letter: letter.encode(encoding, "ignore") for letter in wanted}
    lacking = sorted(one for one, raw in encoded.items() if raw and raw[0] <= last and ord(one) not in held)
    assert sum(bool(raw) for raw in encoded.values()) > 5000
    assert len(lacking) <= 40, lacking
