# Appends R's exact p-values, conditional on ties, to kolmogorov_smirnov.csv: Rscript kolmogorov_smirnov.R, after the
# Python script of the same name, which explains the cases.
file <- "kolmogorov_smirnov.csv"
cases <- list(c(5, 7, 20, 1), c(5, 7, 20, 3), c(10, 10, 60, 4), c(40, 37, 500, 1), c(40, 37, 500, 5),
              c(300, 299, 9000, 2))
version <- paste(R.version$major, R.version$minor, sep = ".")
for (case in cases) {
  n <- case[1]; m <- case[2]
  sizes <- rep_len(seq_len(case[4]), n + m)
  pooled <- rep(seq_along(sizes), sizes)[seq_len(n + m)]
  p <- psmirnov(case[3] / (n * m), sizes = c(n, m), z = pooled, lower.tail = FALSE)
  line <- sprintf("kolmogorov_smirnov,%d_%d_%d_two_sided_%d,p_value,%.17g,R,%s", n, m, case[3], case[4], p, version)
  write(line, file, append = TRUE)
}
