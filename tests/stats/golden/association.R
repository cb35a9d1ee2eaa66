# Golden values of a slope with HC3 errors, Spearman's rho and Welch's one-way test.
# Run: Rscript tests/stats/golden/association.R > tests/stats/golden/association.json
suppressMessages({library(sandwich); library(lmtest)})

text <- function(x) if (length(x) == 1) format(x, digits = 15) else paste0("[", paste(format(x, digits = 15, trim = TRUE), collapse = ", "), "]")
object <- function(items) paste0("{", paste0('"', names(items), '": ', unlist(items), collapse = ", "), "}")

line <- function(who, x, y) {
  fit <- lm(y ~ x)
  test <- coeftest(fit, vcov. = vcovHC(fit, type = "HC3"))
  ends <- coefci(fit, vcov. = vcovHC(fit, type = "HC3"))
  rank <- suppressWarnings(cor.test(x, y, method = "spearman"))
  object(list(
    who = paste0('"', who, '"'), x = text(x), y = text(y),
    slope = text(test["x", 1]), intercept = text(test[1, 1]), standard_error = text(test["x", 2]),
    p_value = text(test["x", 4]), low = text(ends["x", 1]), high = text(ends["x", 2]),
    rho = text(unname(rank$estimate))))
}

welch <- function(who, groups) {
  y <- unlist(groups)
  g <- factor(rep(seq_along(groups), lengths(groups)))
  test <- oneway.test(y ~ g)
  object(list(
    who = paste0('"', who, '"'),
    groups = paste0("[", paste(sapply(groups, text), collapse = ", "), "]"),
    statistic = text(unname(test$statistic)), df_between = text(unname(test$parameter[1])),
    df_within = text(unname(test$parameter[2])), p_value = text(test$p.value)))
}

lines <- c(
  line("R's cars: stopping distance on speed, ties in x", cars$speed, cars$dist),
  line("R's mtcars: miles per gallon on weight", mtcars$wt, mtcars$mpg),
  line("R's faithful, 272 rows", faithful$eruptions, faithful$waiting),
  line("five clinicians by hand, small leverage left", c(0, 0.2, 0.25, 0.6, 0.9), c(0.02, -0.1, -0.05, -0.2, -0.45)))
groups <- c(
  welch("R's PlantGrowth, 3 groups of 10", split(PlantGrowth$weight, PlantGrowth$group)),
  welch("R's InsectSprays, 6 groups of 12, spreads differ", split(InsectSprays$count, InsectSprays$spray)),
  welch("R's sleep, 2 groups: F = t^2 of Welch's t", split(sleep$extra, sleep$group)),
  welch("R's chickwts, 6 groups of unequal size", split(chickwts$weight, chickwts$feed)))
cat(paste0(
  '{\n"says": "', R.version.string, "; sandwich ", packageVersion("sandwich"), ", lmtest ", packageVersion("lmtest"),
  '; lm, coeftest and coefci with vcovHC type HC3, cor.test spearman, oneway.test",\n"lines": [\n',
  paste(lines, collapse = ",\n"), '\n],\n"groups": [\n', paste(groups, collapse = ",\n"), "\n]\n}\n"))
