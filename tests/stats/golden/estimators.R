# Golden values of tests/stats/test_estimators.py: Rscript tests/stats/golden/estimators.R > estimators.json
# The data are typed out, so that no generator of R's or numpy's is part of the values.

library(boot)
library(coin)
options(digits = 17)

data <- list(
  maize = list(before = 100 + c(0, 67, 3, 9, 1, 2, 5, 7, 8, 4, 6, 12, 10, 14, 48),
               change = c(49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)),
  skewed = list(before = c(7.1, 12.4, 3.9, 22.8, 9.6, 15.3, 5.2, 31.7, 8.8, 11.05, 6.45, 18.15),
                change = c(-0.62, -3.17, 0.41, -9.83, -1.94, -2.76, 0.08, -14.29, -0.35, 1.12, -0.97, -5.58)),
  six = list(before = c(10, 20, 30, 40, 50, 60), change = c(-1, -5.5, -9, -20.25, 3, -7)),
  tied = list(before = c(10, 12, 9, 14, 8, 11, 13, 10, 7, 15, 9, 12, 16, 10, 8, 11),
              change = c(-2, -1, 0.5, -3, -1, -2, -2.5, 1, -0.5, -4, -1, 0.5, -3, -2, 1, -1)),
  repeated = list(before = c(10, 12, 9, 14, 8, 11, 13, 10, 7, 15, 9, 12, 16, 10, 8),
                  change = c(-1, -0.5, -2.5, 1.5, -1, -3, -1, -1, -2.5, -1, -1, -3, -1, -1, 1.5)),
  large = list(before = 5 + ((0:59) * 37 %% 61) / 4 + (0:59) / 1000,
               change = ((0:59) * 23 %% 67) / 10 - 4.05 + (0:59)^2 / 7919)
)

quiet <- function(x) suppressWarnings(x)

signed_rank <- function(d) {
  exact <- length(d) < 50 && !anyDuplicated(abs(d))
  fit <- quiet(wilcox.test(d, exact = exact, correct = FALSE, conf.int = TRUE, tol.root = 1e-13))
  n <- length(d)
  test <- wilcoxsign_test(d ~ rep(0, n), distribution = if (exact) "exact" else "asymptotic",
                          zero.method = "Wilcoxon")
  level <- if (exact) 1 - 2 * psignrank(qsignrank(0.025, n) - 1, n) else 0.95
  walsh <- outer(d, d, "+") / 2
  list(exact = exact, estimate = median(walsh[!lower.tri(walsh)]), low = fit$conf.int[1],
       high = fit$conf.int[2], level = level, p_value = fit$p.value, coin_p_value = as.numeric(pvalue(test)))
}

noncentral <- function(d) {
  n <- length(d)
  t <- unname(t.test(d)$statistic)
  at <- function(p) uniroot(function(ncp) pt(t, n - 1, ncp) - p, t + c(-12, 12), tol = 1e-13)$root / sqrt(n)
  j <- gamma((n - 1) / 2) / (sqrt((n - 1) / 2) * gamma((n - 2) / 2))
  list(d_z = t / sqrt(n), low = at(0.975), high = at(0.025), hedges_factor = j)
}

fieller <- function(b, a) {
  centre <- mean(a) / mean(b)
  excess <- function(x) t.test(a - x * b)$p.value - 0.05
  at <- function(ends) uniroot(excess, ends, tol = 1e-14)$root - 1
  c(at(c(centre - 2 * centre, centre)), at(c(centre, 4 * centre)))
}

order_statistics <- function(x) {
  n <- length(x)
  k <- qbinom(0.025, n, 0.5)
  if (pbinom(k, n, 0.5) <= 0.025) k <- k + 1
  if (k == 0) return(NULL)
  list(low = sort(x)[k], high = sort(x)[n + 1 - k], level = 1 - 2 * pbinom(k - 1, n, 0.5))
}

# BCa with boot's own replicates; the ends of boot.ci interpolate on another scale than numpy.quantile, so
# the levels that it reads the replicates at are kept: (R + 1) level = the rank it reports.
bca <- function(b, a) {
  set.seed(1)
  statistic <- function(rows, i) mean(rows$a[i]) / mean(rows$b[i]) - 1
  rows <- data.frame(b = b, a = a)
  drawn <- boot(rows, statistic, R = 499)
  n <- length(b)
  left_out <- sapply(seq_len(n), function(i) statistic(rows, seq_len(n)[-i]))
  found <- boot.ci(drawn, type = "bca", L = (n - 1) * (mean(left_out) - left_out))$bca
  list(estimate = drawn$t0, replicates = as.vector(drawn$t), left_out = left_out,
       levels = found[2:3] / 500, boot_ends = found[4:5])
}

case <- function(name) {
  b <- data[[name]]$before
  d <- data[[name]]$change
  a <- b + d
  list(name = name, before = b, after = a,
       hodges_lehmann = signed_rank(d), hodges_lehmann_ratio = signed_rank(log(a / b)),
       effect = noncentral(d), effect_log = noncentral(log(a / b)),
       t = as.numeric(t.test(d)$conf.int), t_of_logarithms = expm1(as.numeric(t.test(log(a / b))$conf.int)),
       t_of_changes = as.numeric(t.test(a / b - 1)$conf.int), fieller = fieller(b, a),
       order_statistics = order_statistics(a / b - 1), bca = if (name == "skewed") bca(b, a))
}

p <- c(0.0123, 0.2, 0.0004, 0.04, 0.04, 0.9, 0.031)
wilson <- lapply(list(c(0, 7), c(3, 46), c(23, 46), c(12, 12)), function(x)
  list(hits = x[1], n = x[2], ends = as.numeric(quiet(prop.test(x[1], x[2], correct = FALSE))$conf.int)))
says <- paste0(R.version.string, ": wilcox.test, t.test, prop.test, p.adjust, pt, pbinom, psignrank, uniroot; boot ",
               packageVersion("boot"), " boot.ci; coin ", packageVersion("coin"), " wilcoxsign_test")
cat(jsonlite::toJSON(list(says = says, level = 0.95, cases = lapply(names(data), case), wilson = wilson,
                          p_values = list(p = p, holm = p.adjust(p, "holm"), benjamini_hochberg = p.adjust(p, "BH"))),
                     digits = NA, auto_unbox = TRUE, pretty = FALSE, null = "null"), "\n")
