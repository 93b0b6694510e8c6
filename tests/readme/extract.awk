# awk -v folder=DIR -f extract.awk README.md: writes what is marked in the Markdown into the folder.
#   <!-- example: NAME -->  before a cpp block: NAME.cpp. Without a main function of its own, it becomes the body of one,
#                           after its include lines. A text block next after it is what it prints: NAME.expected.
#   <!-- file: NAME -->     before any block: the file NAME, which examples may read.
function finish_example(    i, path) {
  path = folder "/" name ".cpp"
  for (i = 1; i <= count; ++i) if (lines[i] ~ /^#/ || has_main) print lines[i] > path
  if (!has_main) {
    print "int main() {" > path
    for (i = 1; i <= count; ++i) if (lines[i] !~ /^#/) print lines[i] > path
    print "}" > path
  }
  close(path)
}

/^<!-- example: [a-z0-9_]+ -->$/ { name = $3; marked = "example"; next }
/^<!-- file: [A-Za-z0-9_.]+ -->$/ { file = $3; marked = "file"; next }

/^```/ && !inside {
  inside = "other"
  if (marked == "example") {
    if ($0 != "```cpp") { print FILENAME ":" FNR ": the example " name " must be a cpp block" > "/dev/stderr"; exit 1 }
    inside = "example"; count = 0; has_main = 0
  } else if (marked == "file") {
    inside = "file"; printf "" > (folder "/" file)
  } else if (output_of && $0 == "```text") {
    inside = "output"; printf "" > (folder "/" output_of ".expected")
  }
  marked = output_of = ""
  next
}

/^```$/ && inside {
  if (inside == "example") { finish_example(); output_of = name }
  inside = ""
  next
}

inside == "example" { lines[++count] = $0; if ($0 ~ /int main\(/) has_main = 1 }
inside == "file"    { print > (folder "/" file) }
inside == "output"  { print > (folder "/" name ".expected") }
!inside && NF       { marked = "" }
!inside && /^#/     { output_of = "" }
