#pragma once

#include <spillway/sort/options.hpp>
