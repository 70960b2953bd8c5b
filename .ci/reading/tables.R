# Reads the CSV tables with base R, and the workbook with readxl; writes the cells as the comparison takes them.
# tables.R WAY DIR OUT: files OUT/TABLE.json.
arguments <- commandArgs(trailingOnly = TRUE)
way <- arguments[1]; dir <- arguments[2]; out <- arguments[3]
tables <- c("vehicles", "maintenance_reports", "maintenance_records", "valuations", "violations", "failures", "changes")

quoted <- function(s) {
  s <- enc2utf8(s)
  s <- gsub("\\", "\\\\", s, fixed = TRUE); s <- gsub('"', '\\"', s, fixed = TRUE)
  s <- gsub("\n", "\\n", s, fixed = TRUE); s <- gsub("\r", "\\r", s, fixed = TRUE); s <- gsub("\t", "\\t", s, fixed = TRUE)
  paste0('"', s, '"')
}
cells <- function(v) {
  json <- if (is.logical(v)) ifelse(v, "true", "false")
    else if (is.numeric(v)) paste0('{"n":"', format(v, digits = 15, scientific = FALSE, trim = TRUE), '"}')
    else if (inherits(v, "POSIXct")) paste0('{"w":"', format(v, "%Y-%m-%d %H:%M:%OS3", tz = "UTC"), '"}')
    else if (inherits(v, "Date")) paste0('{"d":"', format(v), '"}')
    else quoted(as.character(v))
  ifelse(is.na(v), "null", json)
}
for (table in tables) {
  path <- file.path(dir, paste0(table, ".csv"))
  t <- switch(way,
    plain = read.csv(path),
    xlsx = as.data.frame(readxl::read_excel(file.path(dir, "batch.xlsx"), sheet = table)),
    xlsxtyped = as.data.frame(readxl::read_excel(file.path(dir, "batch.xlsx"), sheet = table, guess_max = 1048576)),
    typed = {
      types <- read.table(file.path(dirname(out), paste0(table, ".types")), colClasses = "character")
      read.csv(path, na.strings = "", fileEncoding = "UTF-8-BOM", colClasses = setNames(types$V2, types$V1))
    })
  columns <- lapply(t, cells)
  rows <- if (nrow(t) == 0) "" else do.call(paste, c(unname(columns), sep = ","))
  writeLines(paste0('{"columns":[', paste(quoted(names(t)), collapse = ","), '],"rows":[',
    if (nrow(t) == 0) "" else paste0("[", rows, "]", collapse = ",\n"), "]}"), file.path(out, paste0(table, ".json")), useBytes = TRUE)
}
