# Golden values of tests/stats/test_mixed.py: Rscript mixed.R, in this folder; reads mixed.csv, writes mixed.json.
# lme4 fits, lmerTest gives Satterthwaite's degrees of freedom, pbkrtest Kenward and Roger's; nlme is a second witness.
suppressMessages({library(lme4); library(lmerTest); library(nlme); library(pbkrtest); library(jsonlite)})

rows <- read.csv("mixed.csv", stringsAsFactors = TRUE)
rows$value <- rows$numerator / rows$denominator
rows$at <- as.numeric(rows$phase == "after")
rows$half <- rows$at - 0.5

# Covariates centred over the clinicians of a set, specialty against its largest level.
centre <- function(d) {
  one <- d[!duplicated(d$clinician_id), ]
  d$years <- d$years - mean(one$years)
  d$load <- d$denominator - mean(d$denominator)
  for (level in c("cardiology", "neurology"))
    d[[substr(level, 1, 1)]] <- (d$specialty == level) - mean(one$specialty == level)
  droplevels(d)
}

control <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.2, rhoend = 1e-10, maxfun = 1e5))
parts <- c(slope = "(1 + at | clinician_id)", slope_uncorrelated = "(1 | clinician_id) + (0 + half | clinician_id)",
           intercept = "(1 | clinician_id)")
at_first <- function(d) lme(d$formula, random = ~ 1 + at | clinician_id, data = d$rows)

case <- function(set, scale, fixed, part, covariates = list(), time_varying = list(), cross = TRUE) {
  d <- centre(rows[rows$set == set, ])
  left <- if (scale == "log") "log(value)" else "value"
  f <- as.formula(paste(left, "~", fixed, "+", parts[[part]]))
  fit <- lmerTest::lmer(f, d, REML = TRUE, control = control)
  table <- coef(summary(fit))
  kr <- coef(summary(fit, ddf = "Kenward-Roger"))
  v <- as.data.frame(VarCorr(fit))
  list(set = set, scale = scale, random_effects = part, covariates = covariates, time_varying = time_varying,
       cross = cross, formula = paste(left, "~", fixed, "+", parts[[part]]),
       deviance = REMLcrit(fit), singular = isSingular(fit),
       variances = setNames(as.list(v$vcov), paste(v$grp, v$var1, v$var2)),
       names = rownames(table), estimate = unname(table[, "Estimate"]), standard_error = unname(table[, "Std. Error"]),
       df = unname(table[, "df"]), p_value = unname(table[, "Pr(>|t|)"]),
       kenward_roger = list(standard_error = unname(kr["at", "Std. Error"]), df = unname(kr["at", "df"]),
                            p_value = unname(kr["at", "Pr(>|t|)"])),
       nlme = nlme_of(d, left, fixed, part))
}

nlme_of <- function(d, left, fixed, part) {
  random <- list(slope = ~ 1 + at | clinician_id, intercept = ~ 1 | clinician_id,
                 slope_uncorrelated = list(clinician_id = pdDiag(~ half)))[[part]]
  fit <- tryCatch(lme(as.formula(paste(left, "~", fixed)), random = random, data = d, method = "REML",
                      control = lmeControl(opt = "optim", msMaxIter = 500, tolerance = 1e-10, reltol = 1e-14)),
                  error = function(e) NULL)
  if (is.null(fit)) return(NULL)
  list(estimate = unname(fixef(fit)), standard_error = unname(sqrt(diag(vcov(fit)))),
       deviance = -2 * as.numeric(logLik(fit, REML = TRUE)))
}

years <- list("years"); both <- list("specialty", "years")
cases <- list(
  case("balanced", "raw", "at", "intercept"), case("balanced", "log", "at", "intercept"),
  case("balanced", "raw", "at", "slope"), case("balanced", "log", "at", "slope"),
  case("balanced", "raw", "at", "slope_uncorrelated"),
  case("unbalanced", "raw", "at", "intercept"), case("unbalanced", "log", "at", "intercept"),
  case("unbalanced", "raw", "at", "slope"), case("unbalanced", "log", "at", "slope"),
  case("unbalanced", "log", "at", "slope_uncorrelated"),
  case("unbalanced", "log", "at * years", "slope", years),
  case("unbalanced", "raw", "at * (c + n + years)", "slope", both),
  case("unbalanced", "log", "at * (c + n + years)", "intercept", both),
  case("unbalanced", "log", "at + c + n + years", "slope", both, cross = FALSE),
  case("unbalanced", "log", "at * (c + n + years) + load", "slope", both, list("denominator")),
  case("unbalanced", "raw", "at + load", "intercept", list(), list("denominator")),
  case("alike", "log", "at", "slope"), case("alike", "log", "at", "slope_uncorrelated"),
  case("alike", "raw", "at", "intercept"), case("none", "log", "at", "intercept")
)
version <- function(p) paste(p, packageVersion(p))
says <- paste0(R.version.string, ", ", paste(sapply(c("lme4", "lmerTest", "pbkrtest", "nlme"), version), collapse = ", "),
               "; mixed.R on mixed.csv")
write(toJSON(list(says = says, cases = cases), digits = I(15), auto_unbox = TRUE, null = "null", pretty = TRUE), "mixed.json")
