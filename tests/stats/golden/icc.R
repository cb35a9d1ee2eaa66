# Golden values of the intraclass correlations, and of Cohen's kappa with quadratic weights.
# Run: Rscript tests/stats/golden/icc.R > tests/stats/golden/icc.json
suppressMessages(library(psych))

text <- function(x) paste0("[", paste(format(x, digits = 15, trim = TRUE), collapse = ", "), "]")
names6 <- c("icc_1", "icc_a1", "icc_c1", "icc_k", "icc_ak", "icc_ck")

case <- function(who, table) {
  found <- ICC(table, lmer = FALSE)$results
  forms <- sapply(1:6, function(i) paste0(
    '"', names6[i], '": ', text(c(found$ICC[i], found$`lower bound`[i], found$`upper bound`[i]))))
  rows <- apply(table, 1, text)
  kappa <- if (ncol(table) == 2) {
    paste0(', "quadratic_kappa": ', format(cohen.kappa(table)$weighted.kappa, digits = 15))
  } else ""
  paste0('{"who": "', who, '", "ratings": [', paste(rows, collapse = ", "), '],\n "forms": {',
         paste(forms, collapse = ", "), "}", kappa, "}")
}

set.seed(7)
quality <- rnorm(30)
marks <- function(k, bias, noise) {
  sapply(seq_len(k), function(i) pmin(5, pmax(1, round(3 + quality + bias[i] + rnorm(30, sd = noise)))))
}
shrout <- matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), ncol = 4, byrow = TRUE)
cases <- c(
  case("Shrout & Fleiss (1979), table 2: six targets, four judges", shrout),
  case("marks 1 to 5 of 30 notes by three raters, one lenient", marks(3, c(0, 0.8, 0), 0.7)),
  case("marks 1 to 5 of 30 notes by two raters", marks(2, c(0, 0.2), 0.6)),
  case("raters who do not agree: 30 notes, two raters, noise alone", matrix(sample(1:5, 60, TRUE), ncol = 2)),
  case("raters who disagree: the second turns the scale round", cbind(c(1, 2, 3, 4, 5, 5), c(5, 4, 3, 2, 2, 1))))
cat(paste0('{\n"says": "', R.version.string, "; psych ", packageVersion("psych"), ', ICC and cohen.kappa",\n"cases": [\n',
           paste(cases, collapse = ",\n"), "\n]\n}\n"))
