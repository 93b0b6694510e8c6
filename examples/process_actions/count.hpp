#pragma once

#include "process_actions/actions.hpp"
#include "process_actions/settings.hpp"

#include <spillway/calendar/window.hpp>
#include <spillway/io/csv_options.hpp>

#include <functional>
#include <memory>
#include <memory_resource>
#include <string>

namespace process_actions {

struct window_counts {
  spillway::calendar::window window;
  action_counts counts;
};

using window_sink = std::function<void(window_counts const&)>;

/// Events by window and action. What it holds does not depend on the order of the events, nor on how they were spread
/// over counters whose pieces were then added up.
class event_counter {
 public:
  event_counter() = default;
  event_counter(event_counter const&) = delete;
  event_counter& operator=(event_counter const&) = delete;
  virtual ~event_counter() = default;

  /// Adds the events of a file, which it reads on several threads.
  virtual spillway::io::read_result read(std::string const& path, spillway::io::csv_options const& options,
                                         unsigned threads) = 0;

  [[nodiscard]] virtual action_counts events() const = 0;

  /// The windows in the order of their start; unless `sparse`, also those without events between the first and last.
  /// \throws spillway::argument_error if there are too many without events to be meant.
  virtual void for_each_window(bool sparse, window_sink const& sink) const = 0;

  /// What it holds, in pieces that can be added to another counter of the same grouping.
  virtual void for_each_piece(window_sink const& sink) const = 0;
  virtual void add_piece(window_counts const& piece) = 0;
};

/// \throws spillway::argument_error for a grouping that makes no sense
std::unique_ptr<event_counter> make_counter(grouping const& grouping, std::pmr::memory_resource& memory);

}  // namespace process_actions
