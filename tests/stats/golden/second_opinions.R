# Golden values of the second opinions.  Run: Rscript tests/stats/golden/second_opinions.R
# writes second_opinions.json beside itself.  The tests read the JSON and need no R.
suppressMessages({library(clubSandwich); library(sandwich); library(geepack); library(jsonlite)})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
set.seed(20250301)

# 14 clinicians of unequal size, one with a single week, some weeks missing.
sizes <- c(20, 18, 16, 20, 9, 1, 12, 20, 7, 15, 20, 11, 4, 17)
d <- do.call(rbind, lapply(seq_along(sizes), function(i) {
  week <- sort(sample(0:19, sizes[i]))
  data.frame(clinician = i, week = week)
}))
k <- length(sizes)
d$after <- as.integer(d$week >= 11)
d$years <- round(rexp(k, 1 / 10), 1)[d$clinician]
d$trend <- d$week / 10
level <- rnorm(k, 0, 0.5)[d$clinician]
gain <- rnorm(k, -0.2, 0.2)[d$clinician]
noise <- rnorm(nrow(d), 0, 0.3)
d$minutes <- round(exp(2 + level + gain * d$after + 0.05 * d$trend + noise), 3)
d$trials <- sample(15:60, nrow(d), replace = TRUE)
d$closed <- rbinom(nrow(d), d$trials, plogis(0.6 + level - 2 * gain * d$after + noise))
d$share <- d$closed / d$trials

ct <- function(fit, type, ...) {
  v <- vcovCR(fit, cluster = d$clinician, type = type, ...)
  t <- coef_test(fit, vcov = v, test = "Satterthwaite")
  df <- if ("df_Satt" %in% names(t)) t$df_Satt else t$df
  p <- if ("p_Satt" %in% names(t)) t$p_Satt else t$p_val
  list(coefficients = unname(t$beta), standard_errors = unname(t$SE), df = unname(df), p_values = unname(p))
}
types <- c("CR0", "CR1", "CR1S", "CR2", "CR3")
by_type <- function(fit, types, ...) setNames(lapply(types, function(type) ct(fit, type, ...)), types)

form <- ~ after + trend + years
X <- model.matrix(form, d)

# Ordinary least squares.
ols <- lm(update(form, minutes ~ .), d)
out <- list()
out$ols <- by_type(ols, types)
stopifnot(all.equal(out$ols$CR1S$standard_errors,
                    unname(sqrt(diag(vcovCL(ols, ~ clinician, type = "HC1"))))))
out$vcovCL_HC1 <- unname(sqrt(diag(vcovCL(ols, ~ clinician, type = "HC1"))))
out$vcovCL_HC0 <- unname(sqrt(diag(vcovCL(ols, ~ clinician, type = "HC0", cadjust = FALSE))))

# Weighted: on rows multiplied by the square root of their weights.
s <- sqrt(d$trials)
dw <- data.frame(y = s * d$minutes, X * s, check.names = FALSE)
names(dw) <- c("y", "one", "after", "trend", "years")
wls <- lm(y ~ 0 + one + after + trend + years, dw)
out$wls <- by_type(wls, types)
w <- lm(update(form, minutes ~ .), d, weights = trials)
stopifnot(all.equal(unname(coef(w)), unname(coef(wls))))
# clubSandwich with target takes another square root of the same matrix: CR0, CR1, CR3 equal, CR2 near.
out$wls_target <- by_type(w, c("CR0", "CR1", "CR2", "CR3"), target = mean(d$trials) / d$trials, inverse_var = TRUE)

# A dummy per clinician: I - H is singular in every cluster.
dummies <- lm(minutes ~ 0 + after + trend + factor(clinician), d)
out$dummies <- lapply(by_type(dummies, c("CR1", "CR2")), function(r) lapply(r, function(v) v[1:2]))

# Quasi-binomial and fractional logit.
logit <- function(weights) {
  d$w <- weights
  fit <- suppressWarnings(glm(update(form, share ~ .), family = quasibinomial, data = d, weights = w,
                              control = glm.control(epsilon = 1e-14, maxit = 100)))
  mu <- fitted(fit)
  r <- sqrt(weights * mu * (1 - mu))
  white <- data.frame(z = r * X %*% coef(fit) + weights * (d$share - mu) / r, X * r, check.names = FALSE)
  names(white) <- c("z", "one", "after", "trend", "years")
  working <- lm(z ~ 0 + one + after + trend + years, white)
  stopifnot(max(abs(coef(working) - coef(fit))) < 1e-8)
  # Average marginal effect and its delta method, by central differences.
  ame <- function(b) {
    one <- X; one[, "after"] <- 1; zero <- X; zero[, "after"] <- 0
    sum(weights * (plogis(one %*% b) - plogis(zero %*% b))) / sum(weights)
  }
  gradient <- sapply(1:4, function(j) {
    e <- replace(numeric(4), j, 1e-5)
    (ame(coef(fit) + e) - ame(coef(fit) - e)) / 2e-5
  })
  v <- vcovCR(working, cluster = d$clinician, type = "CR2")
  satt <- linear_contrast(working, vcov = v, contrasts = matrix(gradient, 1), test = "Satterthwaite")
  list(by_type = by_type(working, types), glm = by_type(fit, c("CR0", "CR1", "CR2", "CR3")),
       dispersion = summary(fit)$dispersion,
       vcovCL = unname(sqrt(diag(vcovCL(fit, cluster = d$clinician, type = "HC0", cadjust = FALSE)))),
       ame = ame(coef(fit)), ame_se = satt$SE, ame_df = satt$df)
}
out$quasibinomial <- logit(d$trials)
out$fractional <- logit(rep(1, nrow(d)))

# GEE; weeks as waves, so that ar1 knows the gaps.
gee <- function(formula, family, corstr, weights = rep(1, nrow(d))) {
  d$w <- weights
  fit <- suppressWarnings(geeglm(formula, family = family, data = d, id = clinician, waves = week + 1,
                                 corstr = corstr, weights = w,
                                 control = geese.control(epsilon = 1e-13, maxit = 1000)))
  s <- summary(fit)
  list(coefficients = unname(coef(fit)), standard_errors = unname(s$coefficients[, "Std.err"]),
       correlation = if (length(fit$geese$alpha)) unname(fit$geese$alpha) else 0,
       error = fit$geese$error)
}
correlations <- c("independence", "exchangeable", "ar1")
gees <- function(...) setNames(lapply(correlations, function(c) gee(..., corstr = c)), correlations)
out$gee <- list(
  gaussian = gees(update(form, minutes ~ .), gaussian),
  binomial = gees(update(form, share ~ .), binomial),
  gamma = gees(update(form, minutes ~ .), Gamma("log")),
  weighted = gees(update(form, share ~ .), binomial, weights = d$trials)
)

# Restricted wild cluster bootstrap-t by refitting, every Rademacher draw, 8 clinicians.
few <- subset(d, clinician %in% c(1, 2, 3, 4, 5, 7, 8, 13))
few$clinician <- as.integer(factor(few$clinician))
wild <- function(null) {
  full <- update(form, y ~ .)
  t_of <- function(y) {
    few$y <- y
    fit <- lm(full, few)
    v <- vcovCL(fit, few$clinician, type = "HC0", cadjust = FALSE)
    (coef(fit)["after"] - null) / sqrt(v["after", "after"])
  }
  few$moved <- few$minutes - null * few$after
  restricted <- lm(moved ~ trend + years, few)
  base <- fitted(restricted) + null * few$after
  v <- as.matrix(expand.grid(rep(list(c(-1, 1)), 8)))
  t <- abs(apply(v, 1, function(signs) t_of(base + signs[few$clinician] * resid(restricted))))
  mean(t >= abs(t_of(few$minutes)) * (1 - 1e-9))
}
nulls <- c(0, -1, -3, 0.5, 1.5)
out$wild <- list(clinicians = c(1, 2, 3, 4, 5, 7, 8, 13), nulls = nulls, p_values = sapply(nulls, wild))

version <- function(p) paste(p, as.character(packageVersion(p)))
says <- paste(R.version.string, version("clubSandwich"), version("sandwich"), version("geepack"), sep = "; ")
write_json(list(says = says, columns = colnames(X), data = as.list(d[c("clinician", "week", "after", "trend",
  "years", "minutes", "trials", "closed")]), values = out),
  file.path(here, "second_opinions.json"), digits = NA, auto_unbox = TRUE)
