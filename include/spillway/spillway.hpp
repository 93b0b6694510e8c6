#pragma once

#include <spillway/calendar.hpp>
#include <spillway/calendar/zone.hpp>
#include <spillway/core.hpp>
#include <spillway/io.hpp>
#include <spillway/sort.hpp>
#include <spillway/split.hpp>
#include <spillway/stats.hpp>
