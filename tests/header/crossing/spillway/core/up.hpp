#pragma once
#include <spillway/io/reaching.hpp>
