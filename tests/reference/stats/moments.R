# Appended to what moments.py gives; see there.
show <- function(test, case, quantity, value)
  cat(sprintf("%s,%s,%s,%.17g,R,%s.%s\n", test, paste(format(case, scientific = FALSE, trim = TRUE), collapse = " "), quantity,
              value, R.version$major, R.version$minor))

for (case in list(c(5, 6, 0), c(40, 55, 0), c(1000, 1500, 0))) {
  x <- ((0:(case[1] - 1)) * 7919 + 13) %% 1009 / 16 - 20 + case[3]
  y <- ((0:(case[2] - 1)) * 104729 + 7) %% 2003 / 32 - 25 + case[3]
  for (equal in c(FALSE, TRUE)) {
    name <- if (equal) "student" else "welch"
    for (side in c("two.sided", "less", "greater")) {
      found <- t.test(x, y, var.equal = equal, alternative = side)
      show(name, case, paste0("p_", sub("\\.", "_", side)), found$p.value)
    }
    show(name, case, "statistic", found$statistic)
    show(name, case, "degrees", found$parameter)
  }
}
