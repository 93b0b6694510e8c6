#include "pipeline/html.hpp"

#include <fmt/format.h>

namespace pipeline {

namespace {

constexpr std::string_view style_sheet =
    R"(:root { color-scheme: light; --train: #4477aa; --eval: #cc5500; --line: #ddd }
body { font: 1rem/1.45 system-ui, sans-serif; color: #222; margin: 0 auto; padding: 1rem; max-width: 76rem }
h1 { font-size: 1.6rem; margin: 0.5rem 0; padding-left: 0.6rem; border-left: 0.4rem solid }
h1.similar { border-color: #2a7f3f } h1.strong { border-color: #b3261e }
h2 { font-size: 1.2rem; margin: 0 0 0.3rem; overflow-wrap: anywhere }
p { margin: 0.3rem 0 } .rule { color: #555; font-size: 0.9rem; max-width: 60rem }
b.train { color: var(--train) } b.eval { color: var(--eval) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th { text-align: left; font-weight: 600; color: #555; font-size: 0.85rem }
td, th { padding: 0.3rem 0.9rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
.overview { width: 100%; margin: 1rem 0 2rem } .overview .name { overflow-wrap: anywhere; font-weight: 600 }
.figures td + td, .figures th + th, .tests td:nth-child(2), .tests th:nth-child(2) { text-align: right }
.badge { font-size: 0.8rem; font-weight: 600; padding: 0.1rem 0.5rem; border-radius: 1rem; white-space: nowrap; color: #fff }
.badge.similar { background: #e6efe8; color: #23602f } .badge.differs { background: #b36b00 } .badge.strong { background: #b3261e }
.meter { display: inline-block; width: 5rem; height: 0.6rem; margin-right: 0.5rem; background: linear-gradient(90deg, #eee 24%, #888 24%, #888 26%, #eee 26%) }
.meter i { display: block; height: 100%; opacity: 0.85 }
i.similar { background: #5a9a68 } i.differs { background: #d98200 } i.strong { background: #b3261e }
.effect, .p { white-space: nowrap } p.effect, p.p { font-size: 0.9rem }
td.number { text-align: right }
.feature { border-top: 2px solid var(--line); padding: 1rem 0 1.5rem }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0; flex: 1 1 20rem; max-width: 36rem }
figure svg { display: block; width: 100%; height: auto }
.numbers { display: flex; flex-wrap: wrap; gap: 0.5rem 3rem; margin-top: 0.5rem; font-size: 0.9rem }
.numbers table { margin-top: 0.4rem }
@media (max-width: 46rem) {
  body { padding: 0.6rem } .overview thead { display: none } .overview, .overview tbody { display: block }
  .overview tr { display: flex; flex-wrap: wrap; gap: 0.1rem 0.8rem; padding: 0.5rem 0; border-bottom: 1px solid var(--line) }
  .overview td { border: 0; padding: 0 } .overview .name, .overview .moved { flex-basis: 100% }
  .overview .p::before { content: "p " }
}
@media print {
  html { font-size: 10px } body { max-width: none; padding: 0 } .feature { break-inside: avoid } .numbers { flex-wrap: nowrap }
  .badge, .meter, .meter i { print-color-adjust: exact; -webkit-print-color-adjust: exact } figure { max-width: 48% }
  a { color: inherit; text-decoration: none }
}
)";

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  for (char const c : text) {
    switch (c) {
      case '<':
        html += "&lt;";
        break;
      case '&':
        html += "&amp;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>\n{}</style>\n{}</html>\n",
      escaped(title), style_sheet, body);
}

}  // namespace pipeline
