#pragma once

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/deviating.hpp>
#include <spillway/calendar/format.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/calendar/parse.hpp>
#include <spillway/calendar/ratio.hpp>
#include <spillway/calendar/session.hpp>
#include <spillway/calendar/slide.hpp>
#include <spillway/calendar/top.hpp>
#include <spillway/calendar/week.hpp>
#include <spillway/calendar/window.hpp>
