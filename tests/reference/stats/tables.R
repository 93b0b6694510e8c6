# Appended to what tables.py gives; see there.
show <- function(test, case, quantity, value)
  cat(sprintf("%s,%s,%s,%.17g,R,%s.%s\n", test, paste(format(case, scientific = FALSE, trim = TRUE, digits = 15), collapse = " "),
              quantity, value, R.version$major, R.version$minor))
numbers <- function(case) vapply(case, function(one) format(one, digits = 15, scientific = if (one != 0 && one < 1e-5) TRUE else FALSE), "")

for (cells in list(c(10, 20, 6, 9), c(3, 1, 1, 3), c(1000, 1, 1, 1000))) {
  table <- matrix(cells, nrow = 2, byrow = TRUE)
  for (yates in c(FALSE, TRUE)) {
    found <- suppressWarnings(chisq.test(table, correct = yates))
    name <- if (yates) "chi_squared_yates" else "chi_squared"
    show(name, c(2, cells), "statistic", found$statistic)
    show(name, c(2, cells), "p", found$p.value)
  }
}
for (cells in list(c(3, 1, 1, 3), c(10, 2, 3, 15), c(300, 180, 210, 290), c(1, 9, 11, 3), c(8, 1, 4, 5))) {
  table <- matrix(cells, nrow = 2, byrow = TRUE)
  for (side in c("two.sided", "less", "greater"))
    show("fisher", cells, paste0("p_", sub("\\.", "_", side)), fisher.test(table, alternative = side)$p.value)
}
for (case in list(c(15, 100, 24, 110), c(5, 10, 50, 100))) {
  found <- suppressWarnings(prop.test(case[c(1, 3)], case[c(2, 4)], correct = FALSE))
  if (found$statistic > 0) show("two_proportions", case, "p", found$p.value)
}
p_values <- c(0.01, 0.02, 0.03, 0.04, 0.05, 0.001, 0.5, 0.5, 1, 1e-20, 0)
for (method in c("bonferroni", "holm", "BH", "BY")) {
  name <- c(bonferroni = "bonferroni", holm = "holm", BH = "benjamini_hochberg", BY = "benjamini_yekutieli")[[method]]
  adjusted <- p.adjust(p_values, method)
  for (i in seq_along(adjusted))
    cat(sprintf("%s,%s,%d,%.17g,R,%s.%s\n", name, paste(numbers(p_values), collapse = " "), i - 1, adjusted[i], R.version$major, R.version$minor))
}
