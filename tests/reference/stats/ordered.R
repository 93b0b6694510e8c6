# Appends what R gives to ordered.csv: Rscript ordered.R, after the Python script of the same name, which explains the
# cases.
file <- "ordered.csv"
version <- paste(R.version$major, R.version$minor, sep = ".")
cases <- c("7_5_101_0_8", "20_15_11_1_2", "30_30_1009_4_16", "60_45_1009_4_16", "2000_3000_53_1_1", "12_12_7_1_1")
for (case in cases) {
  rule <- as.numeric(strsplit(case, "_")[[1]])
  x <- (seq_len(rule[1]) * 7919) %% rule[3] / rule[5]
  y <- (seq_len(rule[2]) * 104729) %% rule[3] / rule[5] + rule[4]
  tied <- anyDuplicated(c(x, y)) > 0
  for (alternative in c("two.sided", "less", "greater")) {
    say <- function(quantity, value) {
      name <- sub(".", "_", alternative, fixed = TRUE)
      write(sprintf("mann_whitney,%s,%s_%s,%.17g,R,%s", case, quantity, name, value, version), file, append = TRUE)
    }
    say("p_asymptotic", wilcox.test(x, y, alternative = alternative, exact = FALSE)$p.value)
    if (!tied) say("p_exact", wilcox.test(x, y, alternative = alternative, exact = TRUE)$p.value)
  }
}
