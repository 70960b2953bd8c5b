#!/usr/bin/env bash
# CSV and texts by the databases that Debian has, without a server: PostgreSQL alone in its process, MariaDB as it
# sets itself up. OUT and TRUTH are as in make.sh; the folder given is for what they store.
set -euo pipefail
dir=$1
mkdir -p "$dir/out"
chmod 777 "$dir" "$dir/out"
values=$(jq -Rsr 'split("\n")[1:] | map(select(. != "") | "(" + (split(",") | map(if . == "" then "NULL" else "'\''" + . + "'\''" end) | join(",")) + ")") | join(",")' "$TRUTH")
columns='vin, plate, engine_no, first_registered, mileage_km, color'

pg=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
chown postgres "$dir"
su postgres -c "$pg/initdb -D $dir/pg -E UTF8 --locale=C.UTF-8 >$dir/pg.log 2>&1"
cat >"$dir/pg.sql" <<SQL
create table fleet(vin text, plate text, engine_no text, first_registered date, mileage_km numeric(10,1), color int);
insert into fleet select v.vin, v.plate, v.engine_no, v.day::date, v.km::numeric, v.color::int from (values $values) v(vin, plate, engine_no, day, km, color);
copy (select *, false as is_deleted, E'1,"2"\n3' as "备注" from fleet) to '$dir/out/postgres.csv' with (format csv, header, force_quote ("备注"));
copy (select vin as "车架号", plate as "车牌号", engine_no as "发动机号", trim_scale(to_char(first_registered, 'YYYY.MM')::numeric) as "上牌年月", mileage_km as "里程", color as "颜色" from fleet) to '$dir/out/postgres-trimmed.tsv' with (format text, header);
SQL
su postgres -c "$pg/postgres --single -D $dir/pg postgres <$dir/pg.sql >>$dir/pg.log 2>&1"

mariadb-install-db --user=root --datadir="$dir/my" --auth-root-authentication-method=normal >"$dir/my.log" 2>&1
mariadbd --user=root --bootstrap --datadir="$dir/my" --character-set-server=utf8mb4 >>"$dir/my.log" 2>&1 <<SQL
create database t character set utf8mb4;
use t;
create table fleet(vin varchar(17), plate varchar(12), engine_no varchar(20), first_registered date, mileage_wan decimal(8,4), color int);
set names utf8mb4;
insert into fleet select v.c1, v.c2, v.c3, v.c4, v.c5 / 10000, v.c6 from (select null c1, null c2, null c3, null c4, null c5, null c6 union all values $values) v where v.c1 is not null or v.c2 is not null;
select '车架号','车牌号','发动机号','上牌日期','里程(万公里)','颜色' union all select * from fleet into outfile '$dir/out/mariadb-outfile.tsv' character set utf8mb4;
SQL
cp "$dir"/out/* "$OUT"
