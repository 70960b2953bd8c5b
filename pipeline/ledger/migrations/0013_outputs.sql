-- What a run writes has columns of its own. Until now all of it stood in formats, as
-- parquet,csv,html:zh:50,partition,bom,lang:zh: what is not said is English, a report
-- of 200 vehicles, and neither partitioned nor with a byte order mark.
ALTER TABLE runs ADD COLUMN lang TEXT NOT NULL DEFAULT 'en';
ALTER TABLE runs ADD COLUMN report_lang TEXT NOT NULL DEFAULT ''; -- '': no report
ALTER TABLE runs ADD COLUMN report_top INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN partitioned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN bom INTEGER NOT NULL DEFAULT 0;

CREATE TEMP TABLE words AS
    SELECT r.seq AS run, w.key AS place, w.value AS word, lower(trim(w.value)) AS plain,
        lower(trim(w.value)) = 'html' OR lower(trim(w.value)) LIKE 'html:%' AS report
    FROM runs r, json_each('[' || replace(json_quote(r.formats), ',', '","') || ']') w;

UPDATE runs SET
    lang = substr((SELECT word FROM words WHERE run = seq AND word LIKE 'lang:%' ORDER BY place DESC LIMIT 1), 6)
    WHERE seq IN (SELECT run FROM words WHERE word LIKE 'lang:%');
UPDATE runs SET partitioned = seq IN (SELECT run FROM words WHERE word = 'partition'), bom = seq IN (SELECT run FROM words WHERE word = 'bom');
UPDATE runs SET (report_lang, report_top) = (
    SELECT CASE WHEN rest = '' THEN 'en' WHEN instr(rest, ':') THEN substr(rest, 1, instr(rest, ':') - 1) ELSE rest END,
        CASE WHEN instr(rest, ':') THEN CAST(substr(rest, instr(rest, ':') + 1) AS INTEGER) ELSE 200 END
    FROM (SELECT substr(plain, 6) AS rest FROM words WHERE run = seq AND report ORDER BY place DESC LIMIT 1))
    WHERE seq IN (SELECT run FROM words WHERE report);
UPDATE runs SET formats = COALESCE((SELECT group_concat(word, ',' ORDER BY place) FROM words
    WHERE run = seq AND NOT report AND word NOT LIKE 'lang:%' AND word NOT IN ('partition', 'bom')), '');
DROP TABLE words;
